/** Scrolls the answers by keys. */
import type { StageAction } from '../annotate/stage';

/** Pixels of a line, with some air. */
const LINE = 48;

/**
 * Two answers scroll together, to be compared; of more, the one that has the focus scrolls alone.
 * False for other actions.
 */
export function scroll(stage: HTMLElement, action: StageAction): boolean {
  const match = /^scroll-(line|page)-(up|down)$/.exec(action);
  if (!match) return false;
  const all = [...stage.querySelectorAll('[data-scroll]')];
  const focused = all.find((pane) => pane.contains(document.activeElement));
  const panes = focused && all.length > 2 ? [focused] : all;
  const direction = match[2] === 'down' ? 1 : -1;
  for (const pane of panes) {
    const distance = match[1] === 'line' ? LINE : pane.clientHeight * 0.85;
    pane.scrollBy({ top: direction * distance });
  }
  return true;
}
