/** What of a candidate is shown on its own: its turns, or the steps that they consist of. */
import type { CandidateView, HighlightView } from '../../ipc/bindings';
import type { Mark, Stretch } from '../../lib/markdown';
import { toUnit } from './offsets';

export interface Passage {
  role: string;
  text: string;
  /** Which turn it is or is part of; null for a step that no turn contains as it is. */
  turn: number | null;
  /** The UTF-16 offset in the turn's text at which it begins. */
  start: number;
}

/** The passages of a candidate, in order. */
export function passagesOf(candidate: CandidateView): Passage[] {
  const { turns, steps } = candidate;
  if (!steps) return turns.map(({ role, text }, turn) => ({ role, text, turn, start: 0 }));
  const passages: Passage[] = [];
  let [turn, from] = [0, 0];
  for (const text of steps) {
    let [at, start] = [turn, turns[turn]?.text.indexOf(text, from) ?? -1];
    while (start < 0 && ++at < turns.length) start = turns[at]!.text.indexOf(text);
    if (start < 0) {
      passages.push({ role: 'assistant', text, turn: null, start: 0 });
      continue;
    }
    [turn, from] = [at, start + text.length];
    passages.push({ role: turns[at]!.role, text, turn: at, start });
  }
  return passages;
}

/** The highlights that fall into a passage, in its own units; the key is their index in `all`. */
export function marksIn(
  passage: Passage,
  candidate: CandidateView,
  all: readonly HighlightView[],
  title: (highlight: HighlightView) => string,
): Mark[] {
  const turn = passage.turn === null ? undefined : candidate.turns[passage.turn];
  if (!turn) return [];
  return all.flatMap((one, key) => {
    if (one.candidate !== candidate.id || one.turn !== passage.turn) return [];
    const place = within(passage, {
      start: toUnit(turn.text, one.start),
      end: toUnit(turn.text, one.end),
    });
    return place ? [{ ...place, good: one.good, key, title: title(one) }] : [];
  });
}

/** The part of a stretch of the turn that lies in the passage, in the passage's units. */
export function within(passage: Passage, { start, end }: Stretch): Stretch | null {
  const part = {
    start: Math.max(start - passage.start, 0),
    end: Math.min(end - passage.start, passage.text.length),
  };
  return part.start < part.end ? part : null;
}

/** The beginning of what a highlight covers. */
export function excerptOf(candidate: CandidateView, { turn, start, end }: HighlightView): string {
  const text = candidate.turns[turn]?.text ?? '';
  const from = toUnit(text, start);
  return text.slice(from, Math.min(toUnit(text, end), from + 80));
}
