/**
 * Which key does what. Pure: a key press and what is on the screen in, an action out. The DOM is
 * read in one place, `press.ts`.
 */

/** A key press, as far as it matters. */
export interface KeyPress {
  /** As in KeyboardEvent. */
  key: string;
  code: string;
  ctrl: boolean;
  alt: boolean;
  meta: boolean;
  shift: boolean;
  /** Held down. */
  repeat: boolean;
  /** Part of an input method's composition. */
  composing: boolean;
}

/** Where the focus is. */
export type Focus = 'page' | 'button' | 'slider' | 'rationale' | 'field';

/** What the annotator is in the middle of. */
export type Pending =
  | 'nothing'
  /** A side is chosen, the strength is open. */
  | 'strength'
  /** An answer is chosen, the required reason is missing. */
  | 'reason'
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
  | { do: 'strength'; value: number }
  | { do: 'skip'; reason: SkipReason | null }
  | { do: 'confirm' }
  | { do: 'cancel' }
  | { do: 'undo' }
  | { do: 'write-reason' }
  | { do: 'leave-field' }
  | { do: 'help' }
  | { do: 'guidelines' }
  | { do: 'theme' }
  | { do: 'raw' }
  | { do: 'scroll'; by: 'line' | 'page'; direction: 1 | -1 };

/** The reasons for skipping that 1, 2 and 3 name. */
export const SKIP_REASONS = ['not_qualified', 'broken', 'unwanted'] as const;

const VIEW_KEYS: Record<string, Action> = {
  '?': { do: 'help' },
  g: { do: 'guidelines' },
  d: { do: 'theme' },
  m: { do: 'raw' },
  j: { do: 'scroll', by: 'line', direction: 1 },
  k: { do: 'scroll', by: 'line', direction: -1 },
  ArrowDown: { do: 'scroll', by: 'line', direction: 1 },
  ArrowUp: { do: 'scroll', by: 'line', direction: -1 },
  PageDown: { do: 'scroll', by: 'page', direction: 1 },
  PageUp: { do: 'scroll', by: 'page', direction: -1 },
};

/** The key's name: letters in lower case, the digit row by position where it types no digit. */
export function keyName(press: KeyPress): string {
  if (press.key.length !== 1) return press.key;
  const digit = /^Digit([0-3])$/.exec(press.code)?.[1];
  if (digit && !press.shift && !/[\p{L}\p{N}]/u.test(press.key)) return digit;
  return press.key.toLowerCase();
}

/** What a key does, if anything. */
export function actionFor(press: KeyPress, focus: Focus, pending: Pending): Action | null {
  if (press.composing) return null;
  const name = keyName(press);
  const typing = focus === 'rationale' || focus === 'field';

  if (press.ctrl || press.meta) {
    if (press.alt || press.shift || press.repeat) return null;
    if (name === 'z' && !typing) return { do: 'undo' };
    if (name === 'Enter' && focus === 'rationale') return { do: 'confirm' };
    return null;
  }
  if (press.alt) return null;
  if (typing) return name === 'Escape' && !press.repeat ? { do: 'leave-field' } : null;

  // A slider and a button keep the keys that move and press them.
  if (focus === 'slider' && /^(Arrow|Page|Home|End)/.test(name)) return null;
  if (focus === 'button' && (name === 'Enter' || name === ' ')) return null;

  const view = VIEW_KEYS[name];
  // Scrolling is the one thing that a held key goes on doing.
  if (view) return press.repeat && view.do !== 'scroll' ? null : view;
  if (press.repeat) return null;
  return answerKey(name, pending);
}

function answerKey(name: string, pending: Pending): Action | null {
  if (name === 'Escape') return { do: 'cancel' };
  if (name === 'Enter') return { do: 'confirm' };
  if (name === 'u') return { do: 'undo' };
  if (name === 'r') return { do: 'write-reason' };
  if (pending === 'skip') {
    if (name === 's') return { do: 'skip', reason: 'unstated' };
    const reason = SKIP_REASONS[Number(name) - 1];
    return reason ? { do: 'skip', reason } : null;
  }
  if (pending === 'strength' && /^[0-3]$/.test(name)) {
    return { do: 'strength', value: Number(name) };
  }
  if (pending === 'strength' || pending === 'reason') {
    if (name === 'ArrowLeft') return { do: 'choose', answer: 'left' };
    if (name === 'ArrowRight') return { do: 'choose', answer: 'right' };
  }
  switch (name) {
    case '1':
      return { do: 'choose', answer: 'left' };
    case '2':
      return { do: 'choose', answer: 'right' };
    case '0':
      return { do: 'choose', answer: 'tie' };
    case 'b':
      return { do: 'choose', answer: 'both_bad' };
    case 's':
      return { do: 'skip', reason: null };
    default:
      return null;
  }
}
