/** What a selection on the screen covers of the passages of a candidate, and where it is. */
import type { Stretch, TextView } from '../../lib/markdown';

export interface Covered extends Stretch {
  passage: number;
}

/** The stretch of the one passage that it covers; null: of none; `several`: of more. */
export function stretchOf(
  range: Range,
  views: readonly (TextView | null)[],
): Covered | 'several' | null {
  let found: Covered | null = null;
  for (const [passage, view] of views.entries()) {
    if (!view || !range.intersectsNode(view.host)) continue;
    const stretch = view.stretch(range);
    if (!stretch) continue;
    if (found) return 'several';
    found = { passage, ...stretch };
  }
  return found;
}

export function elementOf(node: Node | null): Element | null {
  return node instanceof Element ? node : (node?.parentElement ?? null);
}

/** The size of the popover, roughly, in pixels. */
const POPOVER = { width: 430, height: 90 };

/** A place for the popover: under the passage, above it where there is no room, inside the stage. */
export function belowPassage(
  range: Range | null,
  stage: HTMLElement | undefined,
): { x: number; y: number } {
  const box = range?.getBoundingClientRect?.();
  const frame = stage?.getBoundingClientRect();
  if (!box || !frame) return { x: 0, y: 0 };
  const below = box.bottom - frame.top + 6;
  const above = box.top - frame.top - POPOVER.height - 6;
  const lowest = Math.max(frame.height - POPOVER.height, 4);
  const y = below <= lowest ? below : Math.max(above, 4);
  const x = Math.min(box.left - frame.left, frame.width - POPOVER.width);
  return { x: Math.max(x, 4), y: Math.min(y, lowest) };
}

/** Scrolls so that a passage can be seen with some lines around it. */
export function intoView(range: Range, scroller: HTMLElement | null): void {
  const box = range.getBoundingClientRect?.();
  const edges = scroller?.getBoundingClientRect();
  if (!box || !edges || !scroller) return;
  if (box.top < edges.top + 20) scroller.scrollTop += box.top - edges.top - 60;
  else if (box.bottom > edges.bottom - 20) scroller.scrollTop += box.bottom - edges.bottom + 60;
}
