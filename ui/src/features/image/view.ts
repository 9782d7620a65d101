/**
 * Zoom and pan, as arithmetic. A view says nothing about one image: where it looks is a part of
 * the width and height, so that images of different sizes stay in step.
 *
 * CSS pixels unless the name says device; an image's own pixels where it says image.
 */

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Rect extends Point, Size {}

/** The part of the screen that an image has, and how many device pixels a CSS pixel has. */
export interface Pane extends Size {
  ratio: number;
}

export interface View {
  /**
   * What the factor is of: the largest size at which the image is seen whole, or one image pixel
   * to one device pixel.
   */
  basis: 'fit' | 'pixels';
  factor: number;
  /** What is in the middle of the pane: 0 is the left edge of the image, 1 the right one. */
  x: number;
  /** 0 is the upper edge of the image, 1 the lower one. */
  y: number;
}

export const FIT: View = { basis: 'fit', factor: 1, x: 0.5, y: 0.5 };
export const ACTUAL: View = { basis: 'pixels', factor: 1, x: 0.5, y: 0.5 };

/** The closest look: sixteen device pixels to an image pixel. */
export const MAX_SCALE = 16;
/** From here on the pixels are to be seen as such. */
export const PIXELATED_FROM = 2;

/** Where keys and buttons stop, in device pixels to an image pixel. */
const STOPS = [
  1 / 64,
  1 / 32,
  1 / 16,
  1 / 8,
  1 / 6,
  1 / 4,
  1 / 3,
  1 / 2,
  2 / 3,
  1,
  1.5,
  2,
  3,
  4,
  6,
  8,
  12,
  16,
];
const CLOSE = 1e-6;

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** Device pixels to an image pixel at which the image is seen whole. */
export function fitScale(image: Size, pane: Pane): number {
  const width = Math.max(1, pane.width * pane.ratio);
  const height = Math.max(1, pane.height * pane.ratio);
  return Math.min(width / image.width, height / image.height, MAX_SCALE);
}

/** Device pixels to an image pixel. */
export function scaleOf(view: View, image: Size, pane: Pane): number {
  const scale = (view.basis === 'fit' ? fitScale(image, pane) : 1) * view.factor;
  return Math.abs(scale - 1) < CLOSE ? 1 : scale;
}

/** The smallest and the largest scale on offer. */
export function scaleRange(image: Size, pane: Pane): [number, number] {
  return [Math.min(1, fitScale(image, pane)), MAX_SCALE];
}

export const isFit = (view: View): boolean =>
  view.basis === 'fit' && Math.abs(view.factor - 1) < CLOSE;

export const isActual = (view: View, images: Size[], pane: Pane): boolean =>
  images.every((image) => scaleOf(view, image, pane) === 1);

/** The same view at another scale of this image. */
function atScale(view: View, scale: number, image: Size, pane: Pane): View {
  const base = view.basis === 'fit' ? fitScale(image, pane) : 1;
  return { ...view, factor: scale / base };
}

/** What can be in the middle of the pane without showing what is beyond the edges. */
function centres(length: number, pane: number): [number, number] {
  if (length <= pane) return [0.5, 0.5];
  const half = pane / 2 / length;
  return [half, 1 - half];
}

/** Where an image is, in device pixels from the upper left of its pane, on whole pixels. */
export function place(view: View, image: Size, pane: Pane): Rect {
  const scale = scaleOf(view, image, pane);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const across = pane.width * pane.ratio;
  const down = pane.height * pane.ratio;
  const x = clamp(view.x, ...centres(width, across));
  const y = clamp(view.y, ...centres(height, down));
  return {
    x: Math.round(across / 2 - x * width),
    y: Math.round(down / 2 - y * height),
    width,
    height,
  };
}

/** Keeps a view on the images: no closer or further than is on offer, and over at least one. */
export function settle(view: View, images: Size[], pane: Pane): View {
  if (images.length === 0) return view;
  // The sharpest image sets the limits, so that all of them can be seen pixel for pixel.
  const leading = largest(images);
  const [low, high] = scaleRange(leading, pane);
  const scale = clamp(scaleOf(view, leading, pane), low, high);
  const settled = atScale(view, scale, leading, pane);
  const range = (length: (image: Size) => number, room: number) =>
    images
      .map((image) => centres(length(image) * scaleOf(settled, image, pane), room))
      .reduce((a, b) => [Math.min(a[0], b[0]), Math.max(a[1], b[1])]);
  return {
    ...settled,
    x: clamp(view.x, ...range((image) => image.width, pane.width * pane.ratio)),
    y: clamp(view.y, ...range((image) => image.height, pane.height * pane.ratio)),
  };
}

/** The image of the most pixels. */
export function largest<T extends Size>(images: T[]): T {
  return images.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
}

/**
 * Zooms so that the point of the image under `at` stays there. `at` is in CSS pixels from the
 * middle of the pane, `image` is the one under the pointer.
 */
export function zoomTo(view: View, scale: number, at: Point, image: Size, pane: Pane): View {
  const [low, high] = scaleRange(image, pane);
  const to = clamp(scale, low, high);
  const from = place(view, image, pane);
  const held = {
    x: ((pane.width / 2 + at.x) * pane.ratio - from.x) / from.width,
    y: ((pane.height / 2 + at.y) * pane.ratio - from.y) / from.height,
  };
  return {
    ...atScale(view, to, image, pane),
    x: held.x - (at.x * pane.ratio) / (image.width * to),
    y: held.y - (at.y * pane.ratio) / (image.height * to),
  };
}

/** One image pixel to one device pixel, for each image; see {@link zoomTo}. */
export function toActual(view: View, at: Point, image: Size, pane: Pane): View {
  return { ...zoomTo(view, 1, at, image, pane), basis: 'pixels', factor: 1 };
}

/** Zooms by a factor, see {@link zoomTo}. */
export function zoomBy(view: View, factor: number, at: Point, image: Size, pane: Pane): View {
  return zoomTo(view, scaleOf(view, image, pane) * factor, at, image, pane);
}

/** The next stop inwards or outwards; the fit and 1:1 are among the stops. */
export function nextScale(view: View, direction: 1 | -1, image: Size, pane: Pane): number {
  const scale = scaleOf(view, image, pane);
  const [low, high] = scaleRange(image, pane);
  const stops = [...STOPS, fitScale(image, pane)]
    .filter((stop) => stop >= low - CLOSE && stop <= high + CLOSE)
    .sort((a, b) => a - b);
  const next =
    direction === 1
      ? stops.find((stop) => stop > scale * (1 + 1e-4))
      : stops.findLast((stop) => stop < scale * (1 - 1e-4));
  return next ?? scale;
}

/** Moves what is seen by CSS pixels: a positive `x` drags the image to the right. */
export function panBy(view: View, by: Point, image: Size, pane: Pane): View {
  const from = place(view, image, pane);
  // From where the image is drawn, not from where it was meant to be: no dead way at the edges.
  const x = (pane.width * pane.ratio) / 2 - from.x - by.x * pane.ratio;
  const y = (pane.height * pane.ratio) / 2 - from.y - by.y * pane.ratio;
  return { ...view, x: x / from.width, y: y / from.height };
}

/** The part of a place that a pane shows, in device pixels. */
export function visible(at: Rect, pane: Pane): Rect {
  const x = clamp(at.x, 0, pane.width * pane.ratio);
  const y = clamp(at.y, 0, pane.height * pane.ratio);
  return {
    x,
    y,
    width: clamp(at.x + at.width, 0, pane.width * pane.ratio) - x,
    height: clamp(at.y + at.height, 0, pane.height * pane.ratio) - y,
  };
}

/** Whether there is more of the image than the pane shows. */
export function overflows(view: View, image: Size, pane: Pane): { x: boolean; y: boolean } {
  const at = place(view, image, pane);
  return {
    x: at.width > Math.ceil(pane.width * pane.ratio),
    y: at.height > Math.ceil(pane.height * pane.ratio),
  };
}

/** An image in the middle of a box, as large as it goes, on whole pixels. */
export function contain(image: Size, box: Rect): Rect {
  const scale = Math.min(box.width / image.width, box.height / image.height);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return {
    x: box.x + Math.round((box.width - width) / 2),
    y: box.y + Math.round((box.height - height) / 2),
    width,
    height,
  };
}
