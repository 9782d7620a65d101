import { describe, expect, it } from 'vitest';

import { largestEdge, previewEdge, TILE, visibleTiles, type Tile } from './detail';
import { ACTUAL, place, type View } from './view';

const HUGE = { width: 12_240, height: 8160 };

describe('previews', () => {
  it.each([
    ['as large as drawn', HUGE, 800, 4096, 1024],
    ['the next on the ladder', HUGE, 1025, 4096, 2048],
    ['never below the smallest', HUGE, 40, 4096, 512],
    ['never above the limit', HUGE, 12_240, 4096, 4096],
    ['of many images, smaller', HUGE, 12_240, 2048, 2048],
    ['of a small image, no more than it has', { width: 900, height: 600 }, 9000, 4096, 1024],
  ])('%s', (_, image, drawn, limit, edge) => {
    expect(previewEdge(image, { width: drawn, height: (drawn * 2) / 3 }, limit)).toBe(edge);
  });

  it('are smaller where there are many', () => {
    expect([2, 4, 5, 10].map(largestEdge)).toEqual([4096, 4096, 2048, 2048]);
  });
});

describe('tiles', () => {
  const pane = { width: 900, height: 700 };
  const room = { ...pane, ratio: 1 };
  const tilesOf = (view: View, edge = 4096) =>
    visibleTiles(HUGE, place(view, HUGE, room), pane, edge);

  it('are not needed while the preview has a pixel for each that is drawn', () => {
    expect(tilesOf({ ...ACTUAL, factor: 4096 / 12_240 })).toEqual([]);
    const whole = { width: 800, height: 600 };
    const enlarged = { x: 0, y: 0, width: 8000, height: 6000 };
    expect(visibleTiles(whole, enlarged, pane, 1024)).toEqual([]);
  });

  it.each([0.36, 0.5, 1, 2, 7.3, 16])('at scale %f cover what is seen, and no more', (factor) => {
    for (const [x, y] of [
      [0.5, 0.5],
      [0, 0],
      [1, 1],
      [0.31, 0.77],
    ] as const) {
      const view = { ...ACTUAL, factor, x, y };
      const drawn = place(view, HUGE, room);
      const tiles = tilesOf(view);
      const scale = drawn.width / HUGE.width;
      const left = Math.max(0, -drawn.x / scale);
      const top = Math.max(0, -drawn.y / scale);
      const right = Math.min(HUGE.width, (pane.width - drawn.x) / scale);
      const bottom = Math.min(HUGE.height, (pane.height - drawn.y) / scale);
      expect(Math.min(...tiles.map((tile) => tile.x))).toBeLessThanOrEqual(left);
      expect(Math.min(...tiles.map((tile) => tile.y))).toBeLessThanOrEqual(top);
      const farthest = Math.max(...tiles.map((tile) => tile.x + tile.width));
      const lowest = Math.max(...tiles.map((tile) => tile.y + tile.height));
      expect(farthest).toBeGreaterThanOrEqual(right - 1e-6);
      expect(lowest).toBeGreaterThanOrEqual(bottom - 1e-6);
      for (const tile of tiles) {
        expect(tile.x + tile.width).toBeGreaterThan(left);
        expect(tile.x).toBeLessThan(right);
        expect(tile.x % TILE).toBe(0);
        expect(tile.x + tile.width).toBeLessThanOrEqual(HUGE.width);
        expect(tile.y + tile.height).toBeLessThanOrEqual(HUGE.height);
      }
      const across = Math.ceil(900 / factor / TILE) + 1;
      const down = Math.ceil(700 / factor / TILE) + 1;
      expect(tiles.length).toBeLessThanOrEqual(across * down);
    }
  });

  it('come from the middle outwards', () => {
    const [first, ...rest] = tilesOf(ACTUAL);
    const middle = { x: HUGE.width / 2, y: HUGE.height / 2 };
    const away = (tile: Tile) =>
      Math.hypot(tile.x + tile.width / 2 - middle.x, tile.y + tile.height / 2 - middle.y);
    expect(rest).not.toHaveLength(0);
    expect(rest.every((tile) => away(tile) >= away(first!))).toBe(true);
  });
});
