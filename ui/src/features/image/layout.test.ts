import { describe, expect, it } from 'vitest';

import { columnsFor, layoutFor, layoutsFor, nextLayout } from './layout';

const NONE = { width: 0, height: 0 };

describe('columns', () => {
  it.each([
    ['a pair is side by side', 2, 1.5, 500, 1200, 2],
    ['three wide ones in a tall room', 3, 1.5, 600, 1200, 1],
    ['three tall ones in a wide room', 3, 0.7, 1600, 700, 3],
    ['four in a square', 4, 1, 1000, 1000, 2],
    ['ten in a wide room', 10, 1.33, 1600, 800, 4],
    ['before the room is known', 5, 1, 0, 0, 1],
  ])('%s', (_, count, aspect, width, height, columns) => {
    expect(columnsFor(count, aspect, { width, height }, NONE)).toBe(columns);
  });
});

describe('layouts', () => {
  it('of a pair are stepped through and begin again', () => {
    let layout = layoutFor('side', 2);
    const seen = [layout];
    for (let n = 0; n < 4; n += 1) seen.push((layout = nextLayout(layout, 2)));
    expect(seen).toEqual(['side', 'split', 'difference', 'single', 'side']);
  });

  it('of more than two have nothing that only two can have', () => {
    expect(layoutsFor(5)).toEqual(['side', 'single']);
    expect(layoutFor('difference', 5)).toBe('side');
  });
});
