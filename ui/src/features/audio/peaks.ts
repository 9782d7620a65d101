/** The waveform of a clip: what `Backend.clipPeaks` sends, and what is drawn of it. */
import { header } from './samples';

export interface Peaks {
  /** The lowest sample of each bucket, -127 being full scale. */
  low: Int8Array;
  /** The highest. */
  high: Int8Array;
}

/** One column of the drawing, -1 to 1. */
export interface Column {
  low: number;
  high: number;
}

const HEADER_BYTES = 12;

/** Reads a `TBPK` message; throws if it is not one. */
export function decodePeaks(message: ArrayBuffer): Peaks {
  const [version, buckets] = header(message, 'TBPK', HEADER_BYTES);
  if (version !== 1 || message.byteLength !== HEADER_BYTES + buckets! * 2) {
    throw new Error('This is not the waveform of a clip.');
  }
  const pairs = new Int8Array(message, HEADER_BYTES);
  return {
    low: Int8Array.from({ length: buckets! }, (_, n) => pairs[n * 2]!),
    high: Int8Array.from({ length: buckets! }, (_, n) => pairs[n * 2 + 1]!),
  };
}

/**
 * The waveform in `count` columns of equal time, as loud as it is played (`gain` is linear).
 * A column spans every bucket that it touches, so that no peak is lost on a narrow screen.
 */
export function columns(peaks: Peaks, count: number, gain: number): Column[] {
  const buckets = peaks.low.length;
  if (buckets === 0) return [];
  const scale = gain / 127;
  return Array.from({ length: count }, (_, n) => {
    const first = Math.min(buckets - 1, Math.floor((n * buckets) / count));
    const last = Math.min(buckets, Math.max(first + 1, Math.ceil(((n + 1) * buckets) / count)));
    let [low, high] = [127, -127];
    for (let at = first; at < last; at += 1) {
      low = Math.min(low, peaks.low[at]!);
      high = Math.max(high, peaks.high[at]!);
    }
    return { low: Math.max(-1, low * scale), high: Math.min(1, high * scale) };
  });
}
