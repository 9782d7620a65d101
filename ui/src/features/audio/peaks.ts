/** The waveform of a clip: what `Backend.clipPeaks` sends, and what is drawn of it. */
import { header } from './samples';

export interface Peaks {
  /** The lowest sample of each stretch of equal length, -1 being full scale. */
  low: Float32Array;
  /** The highest. */
  high: Float32Array;
  /** The highest of all, without its sign. */
  top: number;
}

/** One column of the drawing, -1 to 1. */
export interface Column {
  low: number;
  high: number;
}

/** Rate, stretches and frames (64 bits) come before the numbers. */
const HEADER_BYTES = 24;

/** Reads a `TBPK` message; throws if it is none. */
export function decodePeaks(message: ArrayBuffer): Peaks {
  const [version, , stretches] = header(message, 'TBPK', HEADER_BYTES);
  if (version === 1 && message.byteLength === HEADER_BYTES + stretches! * 4) {
    return halves(new Int16Array(message, HEADER_BYTES), 32_767);
  }
  throw new Error('This is not the waveform of a clip.');
}

function halves(pairs: Int16Array, scale: number): Peaks {
  const every = (offset: number) =>
    Float32Array.from({ length: pairs.length / 2 }, (_, n) => pairs[n * 2 + offset]! / scale);
  const [low, high] = [every(0), every(1)];
  const highest = (side: Float32Array) =>
    side.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return { low, high, top: Math.max(highest(low), highest(high)) };
}

/**
 * The waveform in `count` columns of equal time, as loud as it is played (`gain` is linear).
 * A column spans every bucket that it touches, so that no peak is lost on a narrow screen.
 */
export function columns(peaks: Peaks, count: number, gain: number): Column[] {
  const buckets = peaks.low.length;
  if (buckets === 0) return [];
  return Array.from({ length: count }, (_, n) => {
    const first = Math.min(buckets - 1, Math.floor((n * buckets) / count));
    const last = Math.min(buckets, Math.max(first + 1, Math.ceil(((n + 1) * buckets) / count)));
    let [low, high] = [1, -1];
    for (let at = first; at < last; at += 1) {
      low = Math.min(low, peaks.low[at]!);
      high = Math.max(high, peaks.high[at]!);
    }
    return { low: Math.max(-1, low * gain), high: Math.min(1, high * gain) };
  });
}
