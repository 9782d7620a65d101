import type { Focus, KeyPress } from './keys';

/** Reads what matters out of a keyboard event. */
export function pressOf(event: KeyboardEvent): KeyPress {
  // AltGr types characters; some systems call it Ctrl and Alt.
  const graph = event.getModifierState('AltGraph');
  return {
    key: event.key,
    code: event.code,
    ctrl: event.ctrlKey && !graph,
    alt: event.altKey && !graph,
    meta: event.metaKey,
    shift: event.shiftKey,
    repeat: event.repeat,
    composing: event.isComposing,
  };
}

/** What kind of thing has the focus. */
export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('input[type=range], [role=slider]')) return 'slider';
  if (target.matches('input[type=checkbox], input[type=radio]')) return 'button';
  if (target.matches('[data-rationale]')) return 'rationale';
  if (target.matches('input, textarea, select') || target.isContentEditable) return 'field';
  if (target.matches('button, a, summary, [role=button]')) return 'button';
  return 'page';
}
