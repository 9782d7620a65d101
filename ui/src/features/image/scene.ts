/** What a viewport draws: which images, where, and in what detail. */
import { isWhole, previewEdge, visibleTiles, type Tile } from './detail';
import type { Gain } from './layout';
import { contain, place, type Pane, type Rect, type Size, type View } from './view';

/** An image of a comparison. */
export interface Picture extends Size {
  /** The candidate's place, from 0. */
  index: number;
  /** The hash in the media address. */
  media: string;
  animated: boolean;
}

export interface Layer {
  picture: Picture;
  /** In device pixels. */
  rect: Rect;
  /** The part of the pane's width that shows this layer. */
  from: number;
  to: number;
  /** The preview that suits. */
  edge: number;
  /** What is to be laid over it. */
  tiles: Tile[];
}

export interface Scene {
  pane: Pane;
  /** Where the images are, in device pixels. */
  frame: Rect;
  layers: Layer[];
  /** Set where the difference of the two layers is shown. */
  gain: Gain | null;
}

/**
 * Lays images over each other, each fitted to the same frame.
 *
 * @param split the part of the width that shows the first of two; the whole for the others
 * @param limit the longest edge of a preview
 */
export function sceneOf(
  pictures: Picture[],
  frame: Size,
  view: View,
  pane: Pane,
  { split = 1, gain = null, limit }: { split?: number; gain?: Gain | null; limit: number },
): Scene {
  const at = place(view, frame, pane);
  const seen = { width: pane.width * pane.ratio, height: pane.height * pane.ratio };
  const layers = pictures.map((picture, n): Layer => {
    const rect = contain(picture, at);
    const edge = previewEdge(picture, rect, limit);
    const halved = pictures.length === 2 && gain === null;
    return {
      picture,
      rect,
      from: halved && n === 1 ? split : 0,
      to: halved && n === 0 ? split : 1,
      edge,
      tiles: visibleTiles(picture, rect, seen, edge),
    };
  });
  return { pane, frame: at, layers, gain };
}

/** Where a layer shows, on its side of the divider; in device pixels. */
export function seenOf({ rect, from, to }: Layer, { width, ratio }: Pane): Rect {
  const left = from > 0 ? Math.max(rect.x, from * width * ratio) : rect.x;
  const right = to < 1 ? Math.min(rect.x + rect.width, to * width * ratio) : rect.x + rect.width;
  return { ...rect, x: left, width: Math.max(0, right - left) };
}

/** Device pixels to a pixel of the image. */
export const layerScale = ({ rect, picture }: Layer): number => rect.width / picture.width;

/** Whether a loaded preview of this edge shows all that the file has. */
export const isExact = ({ picture }: Layer, edge: number): boolean => isWhole(picture, edge);
