/** Scrolls the answers by keys. */
import type { StageAction } from '../annotate/stage';

/** Pixels of a line, with some air. */
const LINE = 48;

/** The pane that has the focus scrolls alone; else all do, together. False for other actions. */
export function scroll(stage: HTMLElement, action: StageAction): boolean {
  const match = /^scroll-(line|page)-(up|down)$/.exec(action);
  if (!match) return false;
  const focused = document.activeElement?.closest('[data-scroll]');
  const alone = focused && stage.contains(focused);
  const panes = alone ? [focused] : stage.querySelectorAll('[data-scroll]');
  const direction = match[2] === 'down' ? 1 : -1;
  for (const pane of panes) {
    const distance = match[1] === 'line' ? LINE : pane.clientHeight * 0.85;
    pane.scrollBy({ top: direction * distance });
  }
  return true;
}
