/** What a design asks of the annotator for each comparison of two, and what that costs in keys. */
import type { AspectScale, StudySettings } from '../../ipc/bindings';

export type Part =
  | 'answer'
  | 'strength'
  | 'aspect'
  | 'reasons'
  | 'confidence'
  | 'highlights'
  | 'steps'
  | 'rationale';

export interface Asked {
  part: Part;
  required: boolean;
  /** Key presses to give it; null where it is typed or marked rather than chosen. */
  keys: number | null;
  /** Of an aspect. */
  aspect?: { name: string; scale: AspectScale };
  /** Reasons to tick, of the aspect or of the whole comparison. */
  reasons?: number;
}

/** What is asked, in the order in which the annotator comes to it. */
export function askedOf(settings: StudySettings): Asked[] {
  const asked: Asked[] = [{ part: 'answer', required: true, keys: 1 }];
  const add = (part: Part, ask: StudySettings['strength'], keys: number | null) => {
    if (ask !== 'off') asked.push({ part, required: ask === 'required', keys });
  };
  add('strength', settings.strength, 1);
  for (const { name, scale, ask, reasons } of settings.aspects) {
    if (ask === 'off') continue;
    asked.push({
      part: 'aspect',
      required: ask === 'required',
      keys: scale === 'rating' ? 2 : 1,
      aspect: { name, scale },
      reasons: reasons.length,
    });
  }
  const reasons = settings.reason_tags.length;
  if (reasons > 0) asked.push({ part: 'reasons', required: false, keys: 1, reasons });
  add('confidence', settings.confidence, 1);
  add('highlights', settings.highlights, null);
  add('steps', settings.steps, null);
  add('rationale', settings.rationale, null);
  return asked;
}

export interface Keystrokes {
  /** With nothing but what must be given. */
  fewest: number;
  /** With everything given, one reason ticked where there are any. */
  all: number;
  /** Whether something is typed or marked besides. */
  more: boolean;
}

/** One stop on the way through the questions. */
interface Stop {
  required: boolean;
  /** Keys to pass it by: Enter, or the digit of what must be given. */
  pass: number;
  /** Keys to answer it. */
  answer: number;
}

/**
 * Key presses for each comparison. The last answer saves; Enter passes what may be left out and
 * ends the ticking of reasons; Ctrl+Enter saves as soon as nothing required is missing.
 */
export function keystrokesOf(asked: Asked[]): Keystrokes {
  const more = asked.some((one) => one.keys === null);
  // A strength and a reason in words are given without going through questions one by one.
  const isForm = asked.some((one) => ['aspect', 'reasons', 'confidence'].includes(one.part));
  const stops = asked.flatMap(stopsOf);
  const lastRequired = stops.findLastIndex((stop) => stop.required);
  const until = isForm ? lastRequired + 1 : stops.length;
  const saves = until < stops.length ? 1 : 0;
  const sum = (of: Stop[], keys: 'pass' | 'answer') =>
    of.reduce((total, stop) => total + stop[keys], 0);
  // To begin a reason that may be left out, and to leave its field.
  const writing = asked.some((one) => one.part === 'rationale' && !one.required) ? 2 : 0;
  return {
    fewest: sum(stops.slice(0, until), 'pass') + saves,
    all: sum(stops, 'answer') + writing,
    more,
  };
}

function stopsOf({ part, required, keys, reasons = 0 }: Asked): Stop[] {
  switch (part) {
    case 'highlights':
    case 'steps':
      return [];
    case 'rationale':
      // Ctrl+Enter leaves the field and saves; nobody is taken to a reason that may be left out.
      return required ? [{ required, pass: 1, answer: 1 }] : [];
    case 'reasons':
      return [{ required, pass: 1, answer: 2 }];
    default: {
      const digits = Array.from({ length: keys ?? 0 }, () => ({ required, pass: 1, answer: 1 }));
      if (reasons === 0) return digits;
      // Passed by together with an aspect that is not answered.
      return [...digits, { required: false, pass: required ? 1 : 0, answer: 2 }];
    }
  }
}
