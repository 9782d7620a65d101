/** What an annotator should know before comparing: how the clips differ other than in sound. */
import { i18n } from '../../i18n/i18n.svelte';
import type { AudioView, CandidateView } from '../../ipc/bindings';
import { clipLength, clock, kilohertz } from './words';

/** Encoders pad clips by some hundredths of a second. */
const SAME_LENGTH_S = 0.1;

/** One sentence for each difference in duration, sample rate and channels. */
export function differences(candidates: CandidateView[]): string[] {
  const { t } = i18n;
  // Of many, the number will do.
  const short = (index: number, of: number) =>
    of === 2 ? t.common.place(index, of) : `${index + 1}:`;
  const clips = candidates.flatMap(({ media }, index) =>
    media?.audio && media.problem === null
      ? [{ place: short(index, candidates.length), audio: media.audio }]
      : [],
  );
  const each = (what: (audio: AudioView) => string) =>
    clips.map(({ place, audio }) => `${place} ${what(audio)}`).join(', ');
  const differ = (value: (audio: AudioView) => number, by = 0) => {
    const values = clips.map(({ audio }) => value(audio));
    return Math.max(...values) - Math.min(...values) > by;
  };
  const found: string[] = [];
  if (differ((audio) => audio.duration_s, SAME_LENGTH_S)) {
    const tenths = !differ((audio) => Math.floor(audio.duration_s));
    const long = (seconds: number) => (tenths ? clock(seconds, true) : clipLength(seconds));
    found.push(t.audio.lengthsDiffer(each((audio) => long(audio.duration_s))));
  }
  if (differ((audio) => audio.channels)) {
    found.push(t.audio.channelsDiffer(each((audio) => t.audio.channels(audio.channels))));
  }
  if (differ((audio) => audio.sample_rate)) {
    found.push(t.audio.ratesDiffer(each((audio) => kilohertz(audio.sample_rate))));
  }
  return found;
}
