/** The ways to lay out the images of a comparison. */
import type { Size } from './view';

/** `side` is a grid for more than two; `single` shows one at a time. */
export type Layout = 'side' | 'split' | 'difference' | 'single';

/** How much a difference is enlarged to be seen. */
export const GAINS = [1, 4, 16] as const;
export type Gain = (typeof GAINS)[number];

/** The layouts for so many images, in the order in which they are stepped through. */
export function layoutsFor(count: number): Layout[] {
  return count === 2 ? ['side', 'split', 'difference', 'single'] : ['side', 'single'];
}

/** The layout meant, or the nearest that so many images can have. */
export function layoutFor(meant: Layout, count: number): Layout {
  return layoutsFor(count).includes(meant) ? meant : 'side';
}

export function nextLayout(layout: Layout, count: number): Layout {
  const layouts = layoutsFor(count);
  return layouts[(layouts.indexOf(layout) + 1) % layouts.length] ?? 'side';
}

/**
 * The number of columns in which images of this shape come out largest. A pair is always beside
 * each other: left and right are what the keys are called.
 *
 * @param aspect width by height
 * @param frame what a pane has around its image
 */
export function columnsFor(count: number, aspect: number, box: Size, frame: Size): number {
  if (count <= 2) return count;
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = box.width / columns - frame.width;
    const height = box.height / rows - frame.height;
    const drawn = Math.min(width, height * aspect);
    // Where both are as large, fewer empty places are better.
    if (drawn > best.width + 0.5) best = { columns, width: drawn };
  }
  return best.columns;
}
