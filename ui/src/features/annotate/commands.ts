/** What keys can be set for, with the keys that they have from the beginning. */

/** Where a command is of use. */
export type Scope = 'all' | 'pair' | 'ranking' | 'text' | 'image' | 'music';

const TABLE = {
  left: ['pair', '1'],
  right: ['pair', '2'],
  tie: ['pair', '0'],
  'both-bad': ['all', 'b'],
  'same-place': ['ranking', '='],
  'take-out': ['ranking', 'Backspace'],
  skip: ['all', 's'],
  undo: ['all', 'u'],
  'write-reason': ['all', 'r'],
  'scroll-down': ['all', 'j'],
  'scroll-up': ['all', 'k'],
  raw: ['all', 'm'],
  guidelines: ['all', 'g'],
  theme: ['all', 'd'],
  help: ['all', '?'],
  diff: ['text', 'c'],
  highlight: ['text', 'h'],
  steps: ['text', 'n'],
  'zoom-in': ['image', '+'],
  'zoom-out': ['image', '-'],
  fit: ['image', 'f'],
  'actual-size': ['image', 'o'],
  'pan-left': ['image', 'Shift+ArrowLeft'],
  'pan-right': ['image', 'Shift+ArrowRight'],
  'pan-up': ['image', 'Shift+ArrowUp'],
  'pan-down': ['image', 'Shift+ArrowDown'],
  'next-layout': ['image', 'v'],
  flicker: ['image', 'Space'],
  'play-pause': ['music', 'Space'],
  switch: ['music', 'x'],
  'play-left': ['music', 'Shift+1'],
  'play-right': ['music', 'Shift+2'],
  'seek-back': ['music', 'ArrowLeft'],
  'seek-forward': ['music', 'ArrowRight'],
  'to-start': ['music', 'Home'],
  'loop-start': ['music', '['],
  'loop-end': ['music', ']'],
  'loop-clear': ['music', '\\'],
  loudness: ['music', 'n'],
} as const satisfies Record<string, readonly [Scope, string]>;

export type Command = keyof typeof TABLE;

/** Every command, in the order in which they are listed. */
export const COMMANDS = Object.keys(TABLE) as Command[];

/** Which chord each command has. */
export type Keys = Record<Command, string>;

export const DEFAULT_KEYS = Object.fromEntries(
  COMMANDS.map((command) => [command, TABLE[command][1]]),
) as Keys;

export const scopeOf = (command: Command): Scope => TABLE[command][0];

/** Keys that work everywhere and cannot be given away. */
const FIXED = /^(Enter|Escape|Tab|Shift\+Tab|ArrowUp|ArrowDown|PageUp|PageDown|Ctrl\+.*|F\d+)$/;

/** Why a command cannot have a chord. */
export type Refusal =
  | { because: 'fixed' }
  /** Digits answer questions and put candidates in order. */
  | { because: 'digit' }
  | { because: 'taken'; by: Command };

/** Whether a command can have a chord; null if it can. */
export function refusal(keys: Keys, command: Command, chord: string): Refusal | null {
  if (FIXED.test(chord)) return { because: 'fixed' };
  if (/^\d$/.test(chord) && scopeOf(command) !== 'pair') return { because: 'digit' };
  const by = COMMANDS.find(
    (other) => other !== command && keys[other] === chord && meet(scopeOf(other), scopeOf(command)),
  );
  return by ? { because: 'taken', by } : null;
}

/** Whether two commands can be of use at the same time. */
function meet(a: Scope, b: Scope): boolean {
  if (a === 'all' || b === 'all' || a === b) return true;
  const shapes = ['pair', 'ranking'];
  return shapes.includes(a) !== shapes.includes(b);
}

/** The command that a chord stands for, among candidates of a modality. */
export function commandFor(
  keys: Keys,
  chords: string[],
  modality: string,
  k: number,
): Command | null {
  const scopes: string[] = ['all', modality, k > 2 ? 'ranking' : 'pair'];
  for (const chord of chords) {
    const found = COMMANDS.find(
      (command) => keys[command] === chord && scopes.includes(scopeOf(command)),
    );
    if (found) return found;
  }
  return null;
}
