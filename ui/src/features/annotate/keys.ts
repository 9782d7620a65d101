/**
 * Which key does what. Pure: a key press and what is on the screen in, an action out. The DOM is
 * read in one place, `press.ts`.
 */
import { chordsOf, digitOf, keyName, type KeyPress } from './chord';
import { commandFor, DEFAULT_KEYS, type Command, type Keys } from './commands';
import type { Question } from './form';
import type { Tiers } from './ranking';
import type { StageAction } from './stage';

export type { KeyPress } from './chord';

/** Where the focus is. */
export type Focus = 'page' | 'button' | 'slider' | 'rationale' | 'field';

/** What the annotator is in the middle of. */
export type Pending =
  | 'nothing'
  /** A side is chosen, the strength is open. */
  | 'strength'
  /** An answer is chosen, the required reason is missing. */
  | 'reason'
  /** An answer is chosen, the study's further questions are open. */
  | 'form'
  /** An answer is chosen that cannot be saved yet: not looked or listened long enough. */
  | 'held'
  /** The reasons for skipping are shown. */
  | 'skip'
  /** The answer could not be saved. */
  | 'retry'
  /** An earlier answer came back by undo. */
  | 'earlier';

export type Side = 'left' | 'right';
export type SkipReason = 'unstated' | 'not_qualified' | 'broken' | 'unwanted';

export type Action =
  | { do: 'choose'; answer: Side | 'tie' | 'both_bad' }
  /** A candidate was clicked. */
  | { do: 'prefer'; candidate: string }
  | { do: 'strength'; value: number }
  /** A digit for the question that is open. */
  | { do: 'digit'; value: number }
  /** An answer to any question of the form, clicked. */
  | { do: 'fill'; question: string; value: number }
  /** Puts a candidate, counted from 0, in the next place of the ranking. */
  | { do: 'place'; index: number; beside: boolean }
  /** The next candidate shares the place of the last one. */
  | { do: 'same-place' }
  | { do: 'take-out' }
  | { do: 'arrange'; tiers: Tiers }
  | { do: 'skip'; reason: SkipReason | null }
  /** `all`: saves from any question. */
  | { do: 'confirm'; all?: true }
  | { do: 'cancel' }
  | { do: 'undo' }
  | { do: 'write-reason' }
  | { do: 'leave-field' }
  | { do: 'help' }
  | { do: 'guidelines' }
  | { do: 'theme' }
  | { do: 'raw' }
  | { do: 'scroll'; by: 'line' | 'page'; direction: 1 | -1 }
  | { do: 'stage'; action: StageAction };

/** What decides on the meaning of a key. */
export interface KeyContext {
  pending: Pending;
  /** The question of the form that is open; null behind the last one and outside the form. */
  question: Question['kind'] | null;
  /** How many candidates. */
  k: number;
  modality: string;
  keys: Keys;
}

/** Two texts, nothing begun. */
export const PLAIN: KeyContext = {
  pending: 'nothing',
  question: null,
  k: 2,
  modality: 'text',
  keys: DEFAULT_KEYS,
};

/** The reasons for skipping that 1, 2 and 3 name. */
export const SKIP_REASONS = ['not_qualified', 'broken', 'unwanted'] as const;

/** These cannot be given another key. */
const FIXED: Record<string, Action> = {
  Enter: { do: 'confirm' },
  Escape: { do: 'cancel' },
  ArrowDown: { do: 'scroll', by: 'line', direction: 1 },
  ArrowUp: { do: 'scroll', by: 'line', direction: -1 },
  PageDown: { do: 'scroll', by: 'page', direction: 1 },
  PageUp: { do: 'scroll', by: 'page', direction: -1 },
};

/** What a held key goes on doing. */
const REPEATED = /^(scroll|pan|seek|zoom)/;

/** What a key does, if anything. */
export function actionFor(press: KeyPress, focus: Focus, context: KeyContext): Action | null {
  if (press.composing) return null;
  const name = keyName(press);
  const typing = focus === 'rationale' || focus === 'field';

  if (press.ctrl || press.meta) {
    if (press.alt || press.shift || press.repeat) return null;
    if (name === 'z' && !typing) return { do: 'undo' };
    const saves = focus === 'rationale' || (!typing && context.pending === 'form');
    return name === 'Enter' && saves ? { do: 'confirm', all: true } : null;
  }
  if (typing) {
    return name === 'Escape' && !press.repeat && !press.alt ? { do: 'leave-field' } : null;
  }

  // A slider and a button keep the keys that move and press them.
  if (focus === 'slider' && /^(Arrow|Page|Home|End)/.test(name)) return null;
  if (focus === 'button' && (name === 'Enter' || name === 'Space')) return null;

  const action = meaning(press, name, context);
  return press.repeat && action && !isRepeated(action) ? null : action;
}

function isRepeated(action: Action): boolean {
  return REPEATED.test(action.do === 'stage' ? action.action : action.do);
}

function meaning(press: KeyPress, name: string, context: KeyContext): Action | null {
  const { pending, question, k, modality, keys } = context;
  const digit = digitOf(press);
  if (digit !== null) {
    const answer = digitAction(Number(digit), context);
    if (answer) return answer;
  }
  const sideways = pending === 'strength' || pending === 'reason' || question === 'strength';
  if (sideways && k === 2 && !press.shift && !press.alt) {
    if (name === 'ArrowLeft') return { do: 'choose', answer: 'left' };
    if (name === 'ArrowRight') return { do: 'choose', answer: 'right' };
  }
  const chords = chordsOf(press);
  const command = commandFor(keys, chords, modality, k);
  if (command) return commandAction(command, context);
  // Shift and a digit play a clip.
  const beside = modality === 'music' ? undefined : /^Shift\+(\d)$/.exec(chords[1] ?? '')?.[1];
  if (beside && k > 2) return placing(Number(beside), true, context);
  return press.alt ? null : (FIXED[name] ?? null);
}

function digitAction(digit: number, context: KeyContext): Action | null {
  const { pending, question, k } = context;
  switch (pending) {
    case 'skip': {
      const reason = SKIP_REASONS[digit - 1];
      return reason ? { do: 'skip', reason } : null;
    }
    case 'strength':
      return digit <= 3 ? { do: 'strength', value: digit } : null;
    case 'form':
      if (question && question !== 'rationale') return { do: 'digit', value: digit };
  }
  return k > 2 ? placing(digit, false, context) : null;
}

/** 0 is the tenth. */
function placing(digit: number, beside: boolean, { k, pending }: KeyContext): Action | null {
  const index = digit === 0 ? 9 : digit - 1;
  return index < k && pending !== 'skip' && pending !== 'form'
    ? { do: 'place', index, beside }
    : null;
}

/** The side that an aspect is answered with, by the same keys as the comparison. */
const SIDES: Partial<Record<Command, [Side | 'tie' | 'both_bad', number | null]>> = {
  left: ['left', 1],
  right: ['right', 2],
  tie: ['tie', 0],
  'both-bad': ['both_bad', null],
};

function commandAction(command: Command, { pending, question }: KeyContext): Action | null {
  const side = SIDES[command];
  if (side) {
    const [answer, value] = side;
    if (pending === 'skip') return null;
    if (question === 'preference' && value !== null) return { do: 'digit', value };
    return { do: 'choose', answer };
  }
  switch (command) {
    case 'same-place':
    case 'take-out':
      return pending === 'skip' || pending === 'form' ? null : { do: command };
    case 'skip':
      return { do: 'skip', reason: pending === 'skip' ? 'unstated' : null };
    case 'undo':
    case 'write-reason':
    case 'help':
    case 'guidelines':
    case 'theme':
    case 'raw':
      return { do: command };
    case 'scroll-down':
      return { do: 'scroll', by: 'line', direction: 1 };
    case 'scroll-up':
      return { do: 'scroll', by: 'line', direction: -1 };
    case 'flicker':
      return { do: 'stage', action: 'flicker-on' };
    default:
      return { do: 'stage', action: command as StageAction };
  }
}
