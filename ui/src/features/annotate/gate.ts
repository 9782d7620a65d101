/** What a study wants to have happened before an answer is accepted. */
import type { ComparisonView, ListenView } from '../../ipc/bindings';
import type { Details } from './answers';
import type { Asked } from './form';

/** What the stage for clips says about what was heard. */
export interface Heard {
  spans: ListenView[];
  /** Clips that must be heard for so many seconds more. */
  missing: { candidate: string; seconds: number }[];
}

/** Why an answer is not accepted yet. */
export type Gate =
  /** Not on the screen long enough; accepted at `readyAt`, on the clock of `performance.now()`. */
  | { kind: 'dwell'; readyAt: number }
  | { kind: 'listen'; missing: Heard['missing'] }
  | { kind: 'highlights' }
  /** Nothing is said about the steps of these candidates. */
  | { kind: 'steps'; candidates: string[] };

/** What is known at the moment of an answer. */
export interface Moment {
  /** When the comparison appeared and what the time is now, on the clock of `performance.now()`. */
  shownAt: number;
  now: number;
  /** Null until the stage has said anything. */
  heard: Heard | null;
}

/** What is in the way of an answer; null if nothing. */
export function gateOf(
  asked: Asked,
  comparison: ComparisonView,
  details: Details,
  moment: Moment,
): Gate | null {
  // Only texts can be marked: what stands beside an image or a clip cannot.
  const markable = comparison.modality === 'text' && hasText(comparison);
  if (asked.highlights === 'required' && markable && details.highlights.length === 0) {
    return { kind: 'highlights' };
  }
  if (asked.steps === 'required' && markable) {
    const candidates = unmarked(comparison, details);
    if (candidates.length > 0) return { kind: 'steps', candidates };
  }
  const missing = unheard(asked, comparison, moment.heard);
  if (missing.length > 0) return { kind: 'listen', missing };
  const readyAt = moment.shownAt + asked.min_dwell_s * 1000;
  return moment.now < readyAt ? { kind: 'dwell', readyAt } : null;
}

const hasText = (comparison: ComparisonView) =>
  comparison.candidates.some((one) => one.turns.some((turn) => turn.text.trim() !== ''));

function unmarked(comparison: ComparisonView, details: Details): string[] {
  return comparison.candidates
    .filter((one) => (one.steps?.length ?? 0) > 0)
    .map((one) => one.id)
    .filter((id) => !details.steps.some((step) => step.candidate === id));
}

/** Clips that are still to be heard. One that cannot be played holds nothing up. */
export function unheard(
  asked: Asked,
  comparison: ComparisonView,
  heard: Heard | null,
): Heard['missing'] {
  if (asked.min_listen_s === 0) return [];
  if (heard) return heard.missing.filter((one) => one.seconds > 0);
  return comparison.candidates.flatMap(({ id, media }) =>
    media?.audio && media.problem === null
      ? [{ candidate: id, seconds: Math.min(asked.min_listen_s, media.audio.duration_s) }]
      : [],
  );
}
