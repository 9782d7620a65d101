import type { Focus, KeyPress } from './keys';

/** Reads what matters out of a keyboard event. */
export function pressOf(event: KeyboardEvent): KeyPress {
  return {
    key: event.key,
    code: event.code,
    ctrl: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    shift: event.shiftKey,
    repeat: event.repeat,
    composing: event.isComposing,
  };
}

/** What kind of thing has the focus. */
export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target instanceof HTMLInputElement && target.type === 'range') return 'slider';
  if (target.matches('[data-rationale]')) return 'rationale';
  if (target.matches('input, textarea, select') || target.isContentEditable) return 'field';
  if (target.matches('button, a, summary')) return 'button';
  return 'page';
}
