/** The decoded samples of a clip, as `Backend.clipSamples` sends them. */

export interface Samples {
  /** Hertz. */
  rate: number;
  /** One array a channel, all of one length; views into the message, not copies. */
  channels: Float32Array<ArrayBuffer>[];
}

const HEADER_BYTES = 20;

/** Reads a `TBPC` message; throws if it is not one. */
export function decodeSamples(message: ArrayBuffer): Samples {
  const [version, rate, count, frames] = header(message, 'TBPC', HEADER_BYTES);
  if (
    version !== 1 ||
    !rate ||
    !count ||
    message.byteLength !== HEADER_BYTES + count * frames! * 4
  ) {
    throw new Error('These are not the samples of a clip.');
  }
  const channels = Array.from(
    { length: count },
    (_, n) => new Float32Array(message, HEADER_BYTES + n * frames! * 4, frames),
  );
  return { rate, channels };
}

/** The little-endian 32-bit numbers between the four letters and the data. */
export function header(message: ArrayBuffer, letters: string, bytes: number): number[] {
  if (message.byteLength < bytes) return [];
  const view = new DataView(message);
  const begins = [...letters].every((letter, n) => view.getUint8(n) === letter.charCodeAt(0));
  if (!begins) return [];
  return Array.from({ length: bytes / 4 - 1 }, (_, n) => view.getUint32(4 + n * 4, true));
}
