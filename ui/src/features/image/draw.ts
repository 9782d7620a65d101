/**
 * Draws scenes. Nothing is read back from the canvas: images of another scheme forbid that, and
 * blending does without. Only what is seen of an image is drawn, however far it is zoomed in.
 */
import type { Preview } from './gallery';
import type { Tile } from './detail';
import { isExact, layerScale, type Layer, type Scene } from './scene';
import { PIXELATED_FROM, type Rect, type Size } from './view';

/** Where the pictures come from. */
export interface Pictures {
  preview(id: string, edge: number): Preview | null;
  tile(id: string, tile: Tile): HTMLImageElement | null;
}

/**
 * Whether the canvas is kept out of the graphics card. WebKitGTK draws through OpenGL even where
 * that is emulated, and a frame then takes half a second instead of some 20 ms; where there is a
 * card, both are fast enough.
 */
const BY_CPU = navigator.userAgent.includes('Linux');

/** A canvas to prepare a layer on. */
let scratch: HTMLCanvasElement | null = null;

export interface Manner {
  /** Layers that are shown in another way. */
  without: (layer: Layer) => boolean;
  /** While the view is moving: several times as fast, a little less smooth. */
  swift: boolean;
}

/** Draws what has come of a scene. */
export function drawScene(
  canvas: HTMLCanvasElement,
  scene: Scene,
  pictures: Pictures,
  { without, swift }: Manner,
): void {
  const size = deviceSize(scene);
  const context = prepared(canvas, size);
  if (!context) return;
  const { frame, gain, pane } = scene;
  const across = pane.width * pane.ratio;
  const layers = scene.layers.filter((layer) => !without(layer));

  if (gain === null) {
    for (const layer of layers) {
      context.save();
      context.beginPath();
      const from = Math.round(layer.from * across);
      const to = layer.to < 1 ? Math.round(layer.to * across) : size.width;
      context.rect(from, 0, to - from, size.height);
      context.clip();
      drawLayer(context, layer, size, pictures, swift);
      context.restore();
    }
    return;
  }

  // |a - b| by blending, on black so that transparency counts as such in both.
  const [a, b] = layers;
  scratch ??= document.createElement('canvas');
  const second = prepared(scratch, size);
  if (!a || !b || !second) return;
  for (const [target, layer] of [
    [context, a],
    [second, b],
  ] as const) {
    target.fillStyle = '#000';
    target.fillRect(frame.x, frame.y, frame.width, frame.height);
    drawLayer(target, layer, size, pictures, swift);
  }
  context.globalCompositeOperation = 'difference';
  context.drawImage(scratch, 0, 0);
  // Added to itself, the picture is twice as bright.
  context.globalCompositeOperation = 'lighter';
  for (let n = 1; n < gain; n *= 2) context.drawImage(canvas, 0, 0);
  context.globalCompositeOperation = 'source-over';
}

/**
 * How large the canvas of a scene is. One pixel more than the pane: the canvas lies on whole device
 * pixels, the pane need not.
 */
export function deviceSize({ pane }: Scene): Size {
  if (pane.width === 0 || pane.height === 0) return { width: 0, height: 0 };
  return {
    width: Math.ceil(pane.width * pane.ratio) + 1,
    height: Math.ceil(pane.height * pane.ratio) + 1,
  };
}

function prepared(canvas: HTMLCanvasElement, size: Size): CanvasRenderingContext2D | null {
  if (size.width === 0 || size.height === 0) return null;
  if (canvas.width !== size.width) canvas.width = size.width;
  if (canvas.height !== size.height) canvas.height = size.height;
  const context = canvas.getContext('2d', { willReadFrequently: BY_CPU });
  context?.clearRect(0, 0, size.width, size.height);
  return context;
}

function drawLayer(
  context: CanvasRenderingContext2D,
  layer: Layer,
  size: Size,
  pictures: Pictures,
  swift: boolean,
): void {
  const { picture, rect } = layer;
  const scale = layerScale(layer);
  const tiles = layer.tiles.map((tile) => ({ tile, image: pictures.tile(picture.media, tile) }));
  // Where every tile has come, nothing is to be seen of the preview.
  const preview =
    tiles.length > 0 && tiles.every(({ image }) => image !== null)
      ? null
      : pictures.preview(picture.media, layer.edge);
  if (preview) {
    const { image, edge } = preview;
    // The blocks of an enlarged preview would be taken for pixels of the image.
    smooth(context, rect.width / image.naturalWidth, isExact(layer, edge), swift);
    drawSeen(context, image, rect, size);
  }

  smooth(context, scale, true, swift);
  for (const { tile, image } of tiles) {
    if (!image) continue;
    const left = along(rect.x, rect.width, tile.x / picture.width);
    const top = along(rect.y, rect.height, tile.y / picture.height);
    const right = along(rect.x, rect.width, (tile.x + tile.width) / picture.width);
    const bottom = along(rect.y, rect.height, (tile.y + tile.height) / picture.height);
    context.drawImage(image, left, top, right - left, bottom - top);
  }
}

/** On whole pixels: else neighbouring tiles would let the preview shine through between them. */
const along = (start: number, length: number, part: number) => Math.round(start + length * part);

/** Chooses how source pixels become device pixels, `scale` of which have one's width. */
function smooth(
  context: CanvasRenderingContext2D,
  scale: number,
  exact: boolean,
  swift: boolean,
): void {
  context.imageSmoothingEnabled = !(exact && (scale === 1 || scale >= PIXELATED_FROM));
  // The best is slow, and makes a difference only where the image is reduced.
  context.imageSmoothingQuality = scale < 1 && !swift ? 'high' : 'low';
}

/** Draws the part of an image that lies on the canvas. */
function drawSeen(
  context: CanvasRenderingContext2D,
  image: HTMLImageElement,
  rect: Rect,
  size: Size,
): void {
  const width = image.naturalWidth;
  const height = image.naturalHeight;
  if (width === 0 || height === 0) return;
  const perX = rect.width / width;
  const perY = rect.height / height;
  // Whole source pixels and one more on each side, so that smoothing has its neighbours.
  const left = Math.max(0, Math.floor(-rect.x / perX) - 1);
  const top = Math.max(0, Math.floor(-rect.y / perY) - 1);
  const right = Math.min(width, Math.ceil((size.width - rect.x) / perX) + 1);
  const bottom = Math.min(height, Math.ceil((size.height - rect.y) / perY) + 1);
  if (right <= left || bottom <= top) return;
  context.drawImage(
    image,
    left,
    top,
    right - left,
    bottom - top,
    rect.x + left * perX,
    rect.y + top * perY,
    (right - left) * perX,
    (bottom - top) * perY,
  );
}
