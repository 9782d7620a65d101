import { describe, expect, it } from 'vitest';

import {
  ACTUAL,
  contain,
  FIT,
  fitScale,
  isActual,
  isFit,
  MAX_SCALE,
  nextScale,
  overflows,
  panBy,
  place,
  scaleOf,
  settle,
  toActual,
  visible,
  zoomBy,
  zoomTo,
  type Pane,
  type Point,
  type Size,
  type View,
} from './view';

const size = (width: number, height: number): Size => ({ width, height });
const pane = (width: number, height: number, ratio = 1): Pane => ({ width, height, ratio });

/** The same numbers every time. */
function numbers(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state = (state * 16_807) % 2_147_483_647;
    return low + (state / 2_147_483_647) * (high - low);
  };
}

/** Holds for many cases, and the case applies to a good part of them. */
function always(check: (seed: number) => 'not so' | void): () => void {
  return () => {
    let applied = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      try {
        if (check(seed) !== 'not so') applied += 1;
      } catch (thrown) {
        throw new Error(`with seed ${seed}`, { cause: thrown });
      }
    }
    expect(applied).toBeGreaterThan(40);
  };
}

function some(seed: number) {
  const between = numbers(seed * 7919);
  const whole = (low: number, high: number) => Math.round(between(low, high));
  const image = size(whole(200, 12_000), whole(200, 12_000));
  const room = pane(whole(200, 1600), whole(200, 1200), [1, 1.25, 1.5, 2][whole(0, 3)]);
  const view: View = {
    basis: between(0, 1) < 0.5 ? 'fit' : 'pixels',
    factor: between(0.2, 8),
    x: between(-0.2, 1.2),
    y: between(-0.2, 1.2),
  };
  const at: Point = {
    x: between(-room.width / 2, room.width / 2),
    y: between(-room.height / 2, room.height / 2),
  };
  return { between, image, room, view: settle(view, [image], room), at };
}

/** The part of the image under a point. */
function under(view: View, at: Point, image: Size, room: Pane): Point {
  const { x, y, width, height } = place(view, image, room);
  return {
    x: ((room.width / 2 + at.x) * room.ratio - x) / width,
    y: ((room.height / 2 + at.y) * room.ratio - y) / height,
  };
}

describe('fit', () => {
  it.each([
    ['wider than the pane', size(2000, 1000), pane(500, 500), 0.25],
    ['taller than the pane', size(1000, 2000), pane(500, 500), 0.25],
    ['on a screen of two device pixels', size(2000, 1000), pane(500, 500, 2), 0.5],
    ['small images are enlarged', size(100, 50), pane(500, 500), 5],
    ['but no further than the closest look', size(10, 10), pane(500, 500), MAX_SCALE],
  ])('%s', (_, image, room, scale) => {
    expect(fitScale(image, room)).toBe(scale);
    const at = place(FIT, image, room);
    expect(at.x + at.width / 2).toBeCloseTo((room.width * room.ratio) / 2, -0.4);
    expect(overflows(FIT, image, room)).toEqual({ x: false, y: false });
  });
});

describe('1:1', () => {
  it.each([1, 1.25, 1.5, 2, 3])('is exact where a pixel is %f device pixels', (ratio) => {
    const image = size(1023, 767);
    const room = pane(800, 600, ratio);
    const { x, y, width, height } = place(ACTUAL, image, room);
    expect([width, height]).toEqual([1023, 767]);
    expect([x, y].every(Number.isInteger)).toBe(true);
    expect(isActual(ACTUAL, [image], room)).toBe(true);
  });

  it('is reached from the fit by zooming too', () => {
    const image = size(1536, 1024);
    const room = pane(787, 613);
    const view = zoomTo(FIT, 1, { x: 0, y: 0 }, image, room);
    expect(scaleOf(view, image, room)).toBe(1);
    expect(place(view, image, room).width).toBe(1536);
  });

  it('is exact for each of several sizes', () => {
    const images = [size(1600, 1200), size(800, 600)];
    const view = toActual(FIT, { x: 30, y: -20 }, images[0]!, pane(500, 400));
    expect(images.map((image) => scaleOf(view, image, pane(500, 400)))).toEqual([1, 1]);
  });
});

describe('stops', () => {
  const image = size(4000, 3000);
  const room = pane(1000, 800);

  it.each([
    ['in from the fit', FIT, 1, 1 / 3],
    ['the fit is a stop', { ...FIT, factor: 1.3 }, -1, 0.25],
    ['out of the fit there is nothing', FIT, -1, 0.25],
    ['in from 1:1', ACTUAL, 1, 1.5],
    ['the closest is the last', { ...ACTUAL, factor: 16 }, 1, 16],
  ] as const)('%s', (_, view, direction, scale) => {
    expect(nextScale(view, direction, image, room)).toBeCloseTo(scale, 9);
  });

  it('lead from the fit to the closest and back', () => {
    let view: View = FIT;
    const step = (direction: 1 | -1) => {
      view = zoomTo(view, nextScale(view, direction, image, room), { x: 0, y: 0 }, image, room);
    };
    for (let n = 0; n < 20; n += 1) step(1);
    expect(scaleOf(view, image, room)).toBeCloseTo(MAX_SCALE, 9);
    for (let n = 0; n < 20; n += 1) step(-1);
    expect(isFit(view)).toBe(true);
  });
});

describe('whatever the image and the pane', () => {
  it('the point under the pointer stays', always((seed) => {
    const { between, image, room, view, at } = some(seed);
    const before = under(view, at, image, room);
    const next = zoomBy(view, between(0.5, 2), at, image, room);
    const settled = settle(next, [image], room);
    // Where an edge comes into the pane, the image is held at that edge instead.
    if (settled.x !== next.x || settled.y !== next.y) return 'not so';
    const after = under(settled, at, image, room);
    const { width, height } = place(settled, image, room);
    expect(Math.abs(after.x - before.x) * width).toBeLessThanOrEqual(1.01);
    expect(Math.abs(after.y - before.y) * height).toBeLessThanOrEqual(1.01);
  }));

  it('no room is wasted beyond an edge', always((seed) => {
    const { image, room, view } = some(seed);
    const { x, y, width, height } = place(view, image, room);
    const axes = [
      [x, width, room.width * room.ratio],
      [y, height, room.height * room.ratio],
    ] as const;
    for (const [start, length, seen] of axes) {
      if (length >= seen + 1) {
        expect(start).toBeLessThanOrEqual(1);
        expect(start + length).toBeGreaterThanOrEqual(seen - 1);
      } else {
        expect(Math.abs(start + length / 2 - seen / 2)).toBeLessThanOrEqual(1);
      }
    }
  }));

  it('the scale stays among those on offer', always((seed) => {
    const { between, image, room, view, at } = some(seed);
    let next = view;
    for (let n = 0; n < 12; n += 1) next = zoomBy(next, between(0.2, 5), at, image, room);
    const scale = scaleOf(settle(next, [image], room), image, room);
    expect(scale).toBeLessThanOrEqual(MAX_SCALE * (1 + 1e-9));
    expect(scale).toBeGreaterThanOrEqual(Math.min(1, fitScale(image, room)) * (1 - 1e-9));
  }));

  it('settling twice is settling once', always((seed) => {
    const { image, room, view } = some(seed);
    const again = settle(view, [image], room);
    expect(again.x).toBeCloseTo(view.x, 9);
    expect(again.y).toBeCloseTo(view.y, 9);
    expect(again.factor / view.factor).toBeCloseTo(1, 9);
  }));

  it('images of one shape stay in step', always((seed) => {
    const { between, image, room, view, at } = some(seed);
    const half = size(image.width * 2, image.height * 2);
    const fitted: View = { ...view, basis: 'fit', factor: Math.max(1, view.factor / 4) };
    let next = settle(fitted, [image, half], room);
    next = settle(zoomBy(next, between(1, 2), at, image, room), [image, half], room);
    next = settle(panBy(next, at, half, room), [image, half], room);
    const one = place(next, image, room);
    const two = place(next, half, room);
    for (const key of ['x', 'y', 'width', 'height'] as const) {
      expect(Math.abs(one[key] - two[key])).toBeLessThanOrEqual(1);
    }
  }));

  it('a drag and its reverse lead back, away from the edges', always((seed) => {
    const { image, room } = some(seed);
    const view: View = { ...FIT, factor: 4 };
    const by = { x: 17, y: -9 };
    const moved = panBy(view, by, image, room);
    if (settle(moved, [image], room).x !== moved.x) return 'not so';
    if (settle(moved, [image], room).y !== moved.y) return 'not so';
    const back = place(panBy(moved, { x: -by.x, y: -by.y }, image, room), image, room);
    const start = place(view, image, room);
    expect(Math.abs(back.x - start.x)).toBeLessThanOrEqual(1);
    expect(Math.abs(back.y - start.y)).toBeLessThanOrEqual(1);
  }));
});

describe('visible', () => {
  it.each([
    ['within', { x: 10, y: 20, width: 30, height: 40 }, { x: 10, y: 20, width: 30, height: 40 }],
    ['around', { x: -9, y: -9, width: 900, height: 900 }, { x: 0, y: 0, width: 200, height: 100 }],
    ['beyond', { x: 300, y: 50, width: 30, height: 90 }, { x: 200, y: 50, width: 0, height: 50 }],
  ])('%s the pane', (_, at, seen) => {
    expect(visible(at, pane(100, 50, 2))).toEqual(seen);
  });
});

describe('contain', () => {
  it.each([
    ['the same shape', size(50, 40), { x: 10, y: 20, width: 100, height: 80 }],
    ['wider', size(100, 40), { x: 10, y: 40, width: 100, height: 40 }],
    ['taller', size(20, 40), { x: 40, y: 20, width: 40, height: 80 }],
  ])('%s', (_, image, rect) => {
    expect(contain(image, { x: 10, y: 20, width: 100, height: 80 })).toEqual(rect);
  });
});
