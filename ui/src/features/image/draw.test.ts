import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { deviceSize, drawScene, type Pictures } from './draw';
import { sceneOf, type Picture } from './scene';
import { ACTUAL, FIT, type Pane, type View } from './view';

interface Call {
  what: string;
  composite: string;
  smoothing: boolean;
  quality: string;
  numbers: number[];
}

let calls: Call[];

/** A context that notes what is drawn, with what. */
function noting() {
  const state = {
    globalCompositeOperation: 'source-over',
    imageSmoothingEnabled: true,
    imageSmoothingQuality: 'low',
  };
  const note =
    (what: string) =>
    (...given: unknown[]) => {
      const source = given[0];
      const name = source instanceof HTMLImageElement ? source.dataset.name : null;
      calls.push({
        what: name ?? what,
        composite: state.globalCompositeOperation,
        smoothing: state.imageSmoothingEnabled,
        quality: state.imageSmoothingQuality,
        numbers: given.filter((one) => typeof one === 'number'),
      });
    };
  return Object.assign(state, {
    clearRect: () => {},
    fillRect: note('fill'),
    drawImage: note('canvas'),
    save: () => {},
    restore: () => {},
    beginPath: () => {},
    rect: note('clip'),
    clip: () => {},
  });
}

function image(name: string, width: number, height: number): HTMLImageElement {
  const element = new Image();
  element.dataset.name = name;
  Object.defineProperty(element, 'naturalWidth', { value: width });
  Object.defineProperty(element, 'naturalHeight', { value: height });
  return element;
}

const picture = (index: number, width: number, height: number): Picture => ({
  index,
  media: `m${index}`,
  width,
  height,
  animated: false,
});

const pane: Pane = { width: 500, height: 400, ratio: 1 };
const previews: Pictures = {
  preview: (id, edge) => ({ edge, image: image(id, edge, edge / 2) }),
  tile: () => null,
};
const canvas = () => document.createElement('canvas');
const manner = { without: () => false, swift: false };
const limit = 4096;

beforeEach(() => {
  calls = [];
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(
    () => noting() as unknown as null,
  );
});
afterEach(() => vi.restoreAllMocks());

const drawn = () => calls.filter(({ what }) => what.startsWith('m') || what.startsWith('tile'));

describe('an image', () => {
  const one = picture(0, 1024, 512);

  it.each<[string, View, boolean, boolean, string]>([
    ['reduced, smoothly', FIT, false, true, 'high'],
    ['reduced while it moves, quickly', FIT, true, true, 'low'],
    ['1:1, exactly', ACTUAL, false, false, 'low'],
    ['a little enlarged, smoothly', { ...ACTUAL, factor: 1.5 }, false, true, 'low'],
    ['enlarged, in pixels', { ...ACTUAL, factor: 2 }, false, false, 'low'],
  ])('is drawn %s', (_, view, swift, smoothing, quality) => {
    const scene = sceneOf([one], one, view, pane, { limit });
    drawScene(canvas(), scene, previews, { ...manner, swift });
    expect(drawn()).toMatchObject([{ what: 'm0', smoothing, quality }]);
  });

  it.each([1, 3, 16])('drawn %i times as large is drawn as far as it is seen', (factor) => {
    const scene = sceneOf([one], one, { ...ACTUAL, factor }, pane, { limit });
    drawScene(canvas(), scene, previews, manner);
    const [, , width = 0, height = 0, x = 1, y = 1, across = 0, down = 0] =
      drawn()[0]?.numbers ?? [];
    expect(x).toBeLessThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(0);
    expect(x + across).toBeGreaterThanOrEqual(500);
    expect(y + down).toBeGreaterThanOrEqual(400);
    expect(across).toBeLessThanOrEqual(500 + 6 * factor);
    expect(across / width).toBeCloseTo(factor, 9);
    expect(down / height).toBeCloseTo(factor, 9);
  });

  it('is drawn on whole device pixels', () => {
    const pane = { width: 333.3, height: 200, ratio: 1.25 };
    const scene = sceneOf([one], one, ACTUAL, pane, { limit });
    expect(deviceSize(scene)).toEqual({ width: 418, height: 251 });
    drawScene(canvas(), scene, previews, manner);
    expect(drawn()[0]?.numbers.every(Number.isInteger)).toBe(true);
  });
});

describe('tiles', () => {
  const huge = picture(0, 12_240, 8160);
  const scene = sceneOf([huge], huge, { ...ACTUAL, factor: 1.3, x: 0.3 }, pane, { limit });
  const tiles: Pictures = { ...previews, tile: (_, tile) => image(`tile ${tile.key}`, 512, 512) };

  it('lie over the preview until all of them are there', () => {
    const [first] = scene.layers[0]!.tiles;
    const some: Pictures = {
      ...tiles,
      tile: (id, tile) => (tile === first ? tiles.tile(id, tile) : null),
    };
    drawScene(canvas(), scene, some, manner);
    expect(drawn().map(({ what }) => what)).toEqual(['m0', `tile ${first!.key}`]);
    calls = [];
    drawScene(canvas(), scene, tiles, manner);
    expect(drawn()).toHaveLength(scene.layers[0]!.tiles.length);
    expect(drawn().some(({ what }) => what === 'm0')).toBe(false);
  });

  it('leave no gap between them', () => {
    drawScene(canvas(), scene, tiles, manner);
    const rects = drawn().map(({ numbers }) => numbers as [number, number, number, number]);
    for (const [x, y, width, height] of rects) {
      expect([x, y, width, height].every(Number.isInteger)).toBe(true);
      const right = rects.some(([left, top]) => left === x + width && top === y);
      expect(right || x + width >= 500).toBe(true);
      const below = rects.some(([left, top]) => top === y + height && left === x);
      expect(below || y + height >= 400).toBe(true);
    }
  });
});

describe('two images', () => {
  const both = [picture(0, 1024, 512), picture(1, 512, 256)];
  const frame = both[0]!;

  it('share the pane at the split', () => {
    drawScene(canvas(), sceneOf(both, frame, FIT, pane, { split: 0.3, limit }), previews, manner);
    const clips = calls.filter(({ what }) => what === 'clip').map(({ numbers }) => numbers);
    expect(clips).toEqual([
      [0, 0, 150, 401],
      [150, 0, 351, 401],
    ]);
  });

  it.each([
    [1, 0],
    [4, 2],
    [16, 4],
  ] as const)('are subtracted, and the rest is made %i times as bright', (gain, doublings) => {
    drawScene(canvas(), sceneOf(both, frame, FIT, pane, { gain, limit }), previews, manner);
    const on = (composite: string) => calls.filter((call) => call.composite === composite);
    expect(drawn().map(({ what, composite }) => [what, composite])).toEqual([
      ['m0', 'source-over'],
      ['m1', 'source-over'],
    ]);
    expect(on('difference').map(({ what }) => what)).toEqual(['canvas']);
    expect(on('lighter')).toHaveLength(doublings);
    // Both fill the same frame.
    const [a, b] = drawn().map(({ numbers }) => numbers.slice(4));
    expect(a).toEqual(b);
  });

  it('leave out what is shown in another way', () => {
    const scene = sceneOf(both, frame, FIT, pane, { split: 0.5, limit });
    const without = ({ picture: { index } }: { picture: Picture }) => index === 0;
    drawScene(canvas(), scene, previews, { ...manner, without });
    expect(drawn().map(({ what }) => what)).toEqual(['m1']);
  });
});
