import { expect, test } from 'vitest';

import { budgetItems, budgetPercent, counted, duration, percent } from './format';

test.each([
  [0, '0.0 s'],
  [8.44, '8.4 s'],
  [42.3, '42 s'],
  [59.6, '1 min'],
  [600, '10 min'],
  [3600, '1 h'],
  [7500, '2 h 5 min'],
  [7199, '2 h'],
])('%d seconds are %s', (seconds, words) => expect(duration(seconds)).toBe(words));

test.each([
  ['25%', 120, 30],
  ['12.5 %', 80, 10],
  ['300', 120, 120],
  ['40', 120, 40],
  ['0%', 120, 0],
  ['', 120, null],
  ['a lot', 120, null],
  ['-3', 120, null],
])('a budget of %s of %d items is %s', (budget, items, expected) =>
  expect(budgetItems(budget, items)).toBe(expected),
);

test.each([
  ['40%', 0, 40],
  ['300%', 10, 100],
  ['30', 120, 25],
  ['30', 0, null],
  ['some', 120, null],
])('a budget of %s of %d items is %s per cent', (budget, items, expected) =>
  expect(budgetPercent(budget, items)).toBe(expected),
);

test('counts and shares', () => {
  expect(counted(1, 'item')).toBe('1 item');
  expect(counted(1204, 'item')).toBe('1,204 items');
  expect(percent(0.784)).toBe('78%');
});
