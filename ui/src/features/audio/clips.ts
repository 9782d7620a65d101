/**
 * Decoded clips, of the comparison on the screen and of the next: a minute of stereo is some
 * 20 MB, so no more than these are kept.
 */
import type { Backend } from '../../ipc/backend';
import type { CandidateView } from '../../ipc/bindings';
import { decodePeaks, type Peaks } from './peaks';
import { decodeSamples } from './samples';

export type ClipSource = Pick<Backend, 'clipSamples' | 'clipPeaks'>;

/** Makes a buffer in whatever plays it. */
export type MakeBuffer = (channels: number, frames: number, rate: number) => AudioBuffer;

export class Clips {
  private readonly samples = new Map<string, Promise<AudioBuffer>>();
  private readonly peaks = new Map<string, Promise<Peaks>>();

  samplesOf(source: ClipSource, media: string, make: MakeBuffer): Promise<AudioBuffer> {
    return once(this.samples, media, async () => {
      const { rate, channels } = decodeSamples(await source.clipSamples(media));
      const buffer = make(channels.length, Math.max(1, channels[0]?.length ?? 0), rate);
      channels.forEach((channel, index) => buffer.copyToChannel(channel, index));
      return buffer;
    });
  }

  peaksOf(source: ClipSource, media: string): Promise<Peaks> {
    return once(this.peaks, media, async () => decodePeaks(await source.clipPeaks(media)));
  }

  /** Forgets all but these. */
  keep(media: string[]): void {
    for (const known of [this.samples, this.peaks]) {
      for (const id of known.keys()) if (!media.includes(id)) known.delete(id);
    }
  }
}

/** What is kept from one comparison to the next. */
export const clips = new Clips();

/** The clips of candidates that have one. */
export const mediaOf = (candidates: CandidateView[]): string[] =>
  candidates.flatMap(({ media }) => (media && media.problem === null ? [media.id] : []));

/** A failure is not kept: the next attempt asks again. */
function once<T>(known: Map<string, Promise<T>>, id: string, ask: () => Promise<T>): Promise<T> {
  const there = known.get(id);
  if (there) return there;
  const asked = ask();
  known.set(id, asked);
  asked.catch(() => {
    if (known.get(id) === asked) known.delete(id);
  });
  return asked;
}
