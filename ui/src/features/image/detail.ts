/** How much of an image has to be fetched for what is seen of it. Arithmetic only. */
import type { Rect, Size } from './view';

/** The longer edges in which previews come: few, so that they are found again. */
export const EDGES = [512, 1024, 2048, 4096] as const;
/** The edge of a tile, in image pixels. */
export const TILE = 512;

export interface Tile extends Rect {
  /** Unique within its image. */
  key: string;
}

/** The largest preview of each of `count` images beside each other: together they must fit. */
export const largestEdge = (count: number): number => (count <= 4 ? 4096 : 2048);

/** The preview for an image drawn in `drawn` device pixels, no larger than `limit`. */
export function previewEdge(image: Size, drawn: Size, limit: number): number {
  const needed = Math.min(
    Math.max(drawn.width, drawn.height),
    Math.max(image.width, image.height),
  );
  return EDGES.find((edge) => edge >= needed || edge >= limit) ?? limit;
}

/** Whether a preview of this edge is the image itself, pixel for pixel. */
export const isWhole = (image: Size, edge: number): boolean =>
  Math.max(image.width, image.height) <= edge;

/**
 * The tiles to lay over a preview: those that are seen, from the middle outwards. None where the
 * preview has a pixel for each that is drawn.
 *
 * @param drawn where the image is, in device pixels
 * @param pane what is seen, in device pixels from 0, 0
 */
export function visibleTiles(image: Size, drawn: Rect, pane: Size, edge: number): Tile[] {
  const longest = Math.max(image.width, image.height);
  if (isWhole(image, edge)) return [];
  const scale = drawn.width / image.width;
  // A little enlargement is not to be seen; tiles would be.
  if (scale * longest <= edge * 1.05) return [];
  const range = (from: number, room: number, length: number): [number, number] => {
    const first = Math.floor(Math.max(0, -from / scale) / TILE);
    const last = Math.ceil(Math.min(length, (room - from) / scale) / TILE);
    return [first, last];
  };
  const [left, right] = range(drawn.x, pane.width, image.width);
  const [top, bottom] = range(drawn.y, pane.height, image.height);
  const tiles: Tile[] = [];
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) {
      const x = column * TILE;
      const y = row * TILE;
      tiles.push({
        key: `${column},${row}`,
        x,
        y,
        width: Math.min(TILE, image.width - x),
        height: Math.min(TILE, image.height - y),
      });
    }
  }
  const middle = {
    x: (pane.width / 2 - drawn.x) / scale,
    y: (pane.height / 2 - drawn.y) / scale,
  };
  const distance = (tile: Tile) =>
    Math.hypot(tile.x + tile.width / 2 - middle.x, tile.y + tile.height / 2 - middle.y);
  return tiles.sort((a, b) => distance(a) - distance(b));
}
