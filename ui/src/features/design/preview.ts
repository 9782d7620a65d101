/** What a design asks of the annotator for each comparison of two, and what that costs in keys. */
import type { AspectScale, StudySettings } from '../../ipc/bindings';

export type Part =
  | 'answer'
  | 'strength'
  | 'confidence'
  | 'aspect'
  | 'reasons'
  | 'highlights'
  | 'steps'
  | 'rationale';

export interface Asked {
  part: Part;
  required: boolean;
  /** Key presses to give it; null where it is typed or marked rather than chosen. */
  keys: number | null;
  /** Of an aspect. */
  aspect?: { name: string; scale: AspectScale; reasons: number };
  /** Reasons to tick, for the whole comparison. */
  reasons?: number;
}

/** What is asked, in the order in which it is asked. */
export function askedOf(settings: StudySettings): Asked[] {
  const asked: Asked[] = [{ part: 'answer', required: true, keys: 1 }];
  const add = (part: Part, ask: StudySettings['strength'], keys: number | null) => {
    if (ask !== 'off') asked.push({ part, required: ask === 'required', keys });
  };
  add('strength', settings.strength, 1);
  add('confidence', settings.confidence, 1);
  for (const { name, scale, ask, reasons } of settings.aspects) {
    if (ask === 'off') continue;
    asked.push({
      part: 'aspect',
      required: ask === 'required',
      keys: scale === 'rating' ? 2 : 1,
      aspect: { name, scale, reasons: reasons.length },
    });
  }
  const reasons = settings.reason_tags.length;
  if (reasons > 0) asked.push({ part: 'reasons', required: false, keys: 1, reasons });
  add('highlights', settings.highlights, null);
  // The first wrong step of each of the two.
  add('steps', settings.steps, 2);
  add('rationale', settings.rationale, null);
  return asked;
}

export interface Keystrokes {
  /** With nothing but what must be given. */
  fewest: number;
  /** With everything given that is chosen by a key. */
  all: number;
  /** Whether something is typed or marked besides. */
  more: boolean;
}

/**
 * Key presses for each comparison. An answer alone is saved as it is given; with more than that to
 * give, Enter saves.
 */
export function keystrokesOf(asked: Asked[]): Keystrokes {
  const sum = (parts: Asked[]) => parts.reduce((keys, one) => keys + (one.keys ?? 0), 0);
  const save = asked.length > 1 ? 1 : 0;
  return {
    fewest: sum(asked.filter((one) => one.required)) + save,
    all: sum(asked) + save,
    more: asked.some((one) => one.keys === null),
  };
}
