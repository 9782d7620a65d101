import { describe, expect, it } from 'vitest';

import { positionAt, regionBetween, stretches, type Run } from './timeline';

const straight: Run = { at: 10, position: 2, loop: null };
const looping: Run = { at: 10, position: 2, loop: { from: 1, to: 4 } };

describe('where a run is', () => {
  it.each([
    ['before it begins', straight, 9, 2],
    ['at its beginning', straight, 10, 2],
    ['later', straight, 13.5, 5.5],
    ['in a loop, the first time', looping, 11.5, 3.5],
    ['at the loop’s end', looping, 12, 1],
    ['the second time round', looping, 14, 3],
    ['the third time round', looping, 15.5, 1.5],
  ])('%s', (_, run, time, position) => {
    expect(positionAt(run, time)).toBeCloseTo(position, 9);
  });
});

describe('what a run has played', () => {
  it.each<[string, Run, number, [number, number, number][]]>([
    ['nothing before it begins', straight, 9, []],
    ['one stretch without a loop', straight, 13, [[2, 5, 0]]],
    [
      'one stretch each time round',
      looping,
      16,
      [
        [2, 4, 0],
        [1, 4, 2],
        [1, 2, 5],
      ],
    ],
    ['no empty stretch at the seam', looping, 12, [[2, 4, 0]]],
  ])('%s', (_, run, until, expected) => {
    const found = stretches(run, until).map(({ from, to, after }) => [from, to, after]);
    expect(found).toEqual(expected);
  });
});

describe('a region between two ends', () => {
  it.each([
    ['in order', 1, 3, { from: 1, to: 3 }],
    ['the other way round', 3, 1, { from: 1, to: 3 }],
    ['beyond the clips', -1, 99, { from: 0, to: 10 }],
    ['too short', 2, 2.05, null],
  ])('%s', (_, one, other, expected) => {
    expect(regionBetween(one, other, 10)).toEqual(expected);
  });
});
