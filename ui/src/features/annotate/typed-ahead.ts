import type { Action, Focus, KeyPress } from './keys';

/** What waits to be handled: a key press with where it went, or a click. */
export type Input = { press: KeyPress; focus: Focus } | { action: Action };

/**
 * Takes the keys that wait as typed for the reason, up to the one that leaves it again: what they
 * write, and whether the focus stays in the field.
 */
export function typedAhead(inputs: Input[], begun: string): { rationale: string; stays: boolean } {
  let rationale = begun;
  for (const input of inputs) {
    if ('action' in input || input.focus !== 'page') continue;
    const { key, ctrl, alt, meta } = input.press;
    input.focus = 'rationale';
    const plain = !ctrl && !alt && !meta;
    if (key === 'Escape' || (key === 'Enter' && !plain)) return { rationale, stays: false };
    if (!plain) continue;
    if (key === 'Enter') rationale += '\n';
    else if (key === 'Backspace') rationale = rationale.slice(0, -1);
    else if (key.length === 1) rationale += key;
  }
  return { rationale, stays: true };
}
