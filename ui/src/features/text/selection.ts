/** What a selection on the screen covers of the passages of a candidate. */
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
