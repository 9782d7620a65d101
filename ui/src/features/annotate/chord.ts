/**
 * Names of key presses. A chord is written `b`, `?`, `Space`, `Shift+ArrowLeft`, `Ctrl+z`: the
 * character that is typed, or the key's name with what is held. Shift is named where the key types
 * no character of its own, and with the digit row.
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

const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock', 'Fn'];

/** The digit that a press means: typed, or by position where the digit row types other signs. */
export function digitOf(press: KeyPress): string | null {
  if (press.shift || press.ctrl || press.alt || press.meta) return null;
  if (/^\d$/.test(press.key)) return press.key;
  return press.key.length === 1 && !/[a-z]/i.test(press.key) ? rowDigit(press) : null;
}

/** The key's name: letters in lower case. */
export function keyName(press: KeyPress): string {
  if (press.key === ' ') return 'Space';
  return press.key.length === 1 ? press.key.toLowerCase() : press.key;
}

/** The chords that a press can stand for, the one to try first in front. */
export function chordsOf(press: KeyPress): string[] {
  if (press.composing || MODIFIERS.includes(press.key)) return [];
  const held = `${press.ctrl || press.meta ? 'Ctrl+' : ''}${press.alt ? 'Alt+' : ''}`;
  const name = keyName(press);
  const chords = [press.shift && name.length > 1 ? `Shift+${name}` : name];
  const digit = rowDigit(press);
  if (digit && press.shift) chords.push(`Shift+${digit}`);
  if (digit && !press.shift && !/[a-z\d]/i.test(press.key)) chords.push(digit);
  return chords.map((chord) => held + chord);
}

const SIGNS: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
  Backspace: '⌫',
};

/** A chord as it is printed on a key cap; `words` are the names of keys that have no sign. */
export function chordLabel(chord: string, words: Record<string, string> = {}): string {
  const parts = chord === '+' ? ['+'] : chord.replace(/\+\+$/, '+plus').split('+');
  return parts
    .map((part) => (part === 'plus' ? '+' : part))
    .map((part) => words[part] ?? SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}

function rowDigit(press: KeyPress): string | null {
  return /^Digit(\d)$/.exec(press.code)?.[1] ?? null;
}
