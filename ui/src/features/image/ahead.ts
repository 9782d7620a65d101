/** In which order pictures are fetched. */
import type { CandidateView } from '../../ipc/bindings';
import { largestEdge, previewEdge, type Tile } from './detail';
import type { Layer } from './scene';
import { ACTUAL, FIT, place, type Pane, type View } from './view';

/** So many comparisons are prepared. */
export const COMPARISONS_AHEAD = 3;

/** The previews with which the next comparisons, of about as many images, will begin. */
export function aheadOf(
  candidates: CandidateView[],
  count: number,
  basis: View['basis'],
  pane: Pane,
): { id: string; edge: number }[] {
  const view = basis === 'fit' ? FIT : ACTUAL;
  return candidates.slice(0, COMPARISONS_AHEAD * count).flatMap(({ media }) => {
    if (!media?.image || media.problem !== null) return [];
    const edge = previewEdge(media.image, place(view, media.image, pane), largestEdge(count));
    return [{ id: media.id, edge }];
  });
}

/** The tiles of several layers, taken in turn: all of them become sharp together. */
export function interleaved(layers: Layer[]): { id: string; tile: Tile }[] {
  const longest = Math.max(0, ...layers.map(({ tiles }) => tiles.length));
  return Array.from({ length: longest }, (_, n) =>
    layers.flatMap(({ picture, tiles }) => {
      const tile = tiles[n];
      return tile ? [{ id: picture.media, tile }] : [];
    }),
  ).flat();
}
