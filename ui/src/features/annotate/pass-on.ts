import type { Action } from './keys';
import type { Stage, StageAction } from './stage';

/** Scrolls the part that has the focus, or else all candidates together. */
export function passOn(action: Extract<Action, { do: 'scroll' }>, stage: Stage | undefined): void {
  const { by, direction } = action;
  const focused = document.activeElement?.closest('[data-pane]');
  if (focused) {
    const distance = by === 'line' ? 48 : focused.clientHeight * 0.85;
    focused.scrollBy({ top: direction * distance });
  } else {
    const name: StageAction = `scroll-${by}-${direction > 0 ? 'down' : 'up'}`;
    stage?.perform(name);
  }
}
