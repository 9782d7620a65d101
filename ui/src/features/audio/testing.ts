/** Signals, offline rendering and an independent measurement of loudness, for the tests. */
import { OfflineAudioContext } from 'node-web-audio-api';

import { Player } from './player';

export type Signal = (second: number) => number;

export const sine =
  (hertz: number, amplitude: number): Signal =>
  (second) =>
    amplitude * Math.sin(2 * Math.PI * hertz * second);

export const constant =
  (level: number): Signal =>
  () =>
    level;

/** Noise of even distribution; the same second always has the same value. */
export const noise =
  (seed: number, amplitude: number): Signal =>
  (second) => {
    let mixed = Math.imul(Math.round(second * 192_000) + seed * 7919, 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return amplitude * (2 * (((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32) - 1);
  };

/** A clip of `seconds` at `rate`, every channel the same. */
export interface Made {
  signal: Signal;
  seconds: number;
  rate: number;
  channels: number;
}

export const made = (signal: Signal, change: Partial<Made> = {}): Made => ({
  signal,
  seconds: 2,
  rate: 48_000,
  channels: 1,
  ...change,
});

export function samplesOf({ signal, seconds, rate }: Made): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, n) => signal(n / rate));
}

interface RenderOptions {
  /** Clips that are there from the beginning; all, unless said. */
  loaded?: number[];
}

/** Plays clips in an offline context of 48 kHz as `act` says; `load` is for clips held back. */
export async function render(
  clips: Made[],
  seconds: number,
  act: (player: Player, load: (clip: number) => void) => void,
  { loaded = clips.map((_, index) => index) }: RenderOptions = {},
): Promise<{ left: Float32Array; right: Float32Array }> {
  const context = new OfflineAudioContext(2, Math.round(seconds * 48_000), 48_000);
  const player = new Player(context as unknown as BaseAudioContext, clips.length);
  const load = (index: number) => {
    const clip = clips[index]!;
    const samples = samplesOf(clip);
    const buffer = context.createBuffer(clip.channels, samples.length, clip.rate);
    for (let channel = 0; channel < clip.channels; channel += 1) {
      buffer.copyToChannel(samples, channel);
    }
    player.load(index, buffer as unknown as AudioBuffer);
  };
  loaded.forEach(load);
  act(player, load);
  const rendered = await context.startRendering();
  return { left: rendered.getChannelData(0), right: rendered.getChannelData(1) };
}

/**
 * Integrated loudness by ITU-R BS.1770-4, LUFS: the K weighting (coefficients derived for the
 * rate from the analogue prototypes), blocks of 400 ms with 75 % overlap, the absolute gate at
 * -70 LUFS and the relative gate 10 LU under the mean of what passes it.
 */
export function loudness(channels: ArrayLike<number>[], rate: number): number {
  const weighted = channels.map((channel) => highPass(shelf(channel, rate), rate));
  const [block, step] = [Math.round(0.4 * rate), Math.round(0.1 * rate)];
  const powers: number[] = [];
  for (let from = 0; from + block <= weighted[0]!.length; from += step) {
    let power = 0;
    for (const channel of weighted) {
      for (let n = from; n < from + block; n += 1) power += channel[n]! ** 2 / block;
    }
    powers.push(power);
  }
  const level = (power: number) => -0.691 + 10 * Math.log10(power);
  const mean = (some: number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
  const loud = powers.filter((power) => level(power) > -70);
  const gate = level(mean(loud)) - 10;
  return level(mean(loud.filter((power) => level(power) > gate)));
}

/** The first stage: 4 dB more above 1.7 kHz. */
function shelf(signal: ArrayLike<number>, rate: number): Float64Array {
  const [f, gain, q] = [1681.974450955533, 3.999843853973347, 0.7071752369554196];
  const k = Math.tan((Math.PI * f) / rate);
  const high = 10 ** (gain / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return biquad(signal, [
    (high + (band * k) / q + k * k) / a0,
    (2 * (k * k - high)) / a0,
    (high - (band * k) / q + k * k) / a0,
    (2 * (k * k - 1)) / a0,
    (1 - k / q + k * k) / a0,
  ]);
}

/** The second stage: less below 38 Hz. */
function highPass(signal: ArrayLike<number>, rate: number): Float64Array {
  const [f, q] = [38.13547087602444, 0.5003270373238773];
  const k = Math.tan((Math.PI * f) / rate);
  const a0 = 1 + k / q + k * k;
  return biquad(signal, [1, -2, 1, (2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0]);
}

type Coefficients = [b0: number, b1: number, b2: number, a1: number, a2: number];

function biquad(signal: ArrayLike<number>, [b0, b1, b2, a1, a2]: Coefficients): Float64Array {
  const out = new Float64Array(signal.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let n = 0; n < signal.length; n += 1) {
    const x = signal[n]!;
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    out[n] = y;
    [x1, x2, y1, y2] = [x, x1, y, y1];
  }
  return out;
}
