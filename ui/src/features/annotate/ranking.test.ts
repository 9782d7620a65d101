import { describe, expect, it } from 'vitest';

import { drop, nudge, place, takeLast, takeOut, type Tiers } from './ranking';

/** `a > b = c`. */
const read = (text: string): Tiers =>
  text === '' ? [] : text.split('>').map((tier) => tier.split('=').map((one) => one.trim()));
const write = (tiers: Tiers) => tiers.map((tier) => tier.join(' = ')).join(' > ');

describe('placing', () => {
  it.each<[string, (tiers: Tiers) => Tiers, string]>([
    ['', (was) => place(was, 'a'), 'a'],
    ['', (was) => place(was, 'a', true), 'a'],
    ['a', (was) => place(was, 'b'), 'a > b'],
    ['a', (was) => place(was, 'b', true), 'a = b'],
    ['a > b', (was) => place(was, 'a'), 'b > a'],
    ['a > b', (was) => place(was, 'a', true), 'b = a'],
    ['a = b', (was) => takeOut(was, 'a'), 'b'],
    ['a > b', (was) => takeOut(was, 'a'), 'b'],
    ['a > b = c', takeLast, 'a > b'],
    ['', takeLast, ''],
  ])('%s', (before, change, after) => {
    expect(write(change(read(before)))).toBe(after);
  });
});

describe('moving by the mouse', () => {
  it.each<[string, string, number, boolean, string]>([
    ['a > b > c', 'c', 0, false, 'c > a > b'],
    ['a > b > c', 'a', 3, false, 'b > c > a'],
    ['a > b > c', 'a', 1, true, 'b = a > c'],
    ['a = b > c', 'a', 0, false, 'a > b > c'],
    ['a = b > c', 'b', 1, true, 'a > c = b'],
    ['a > b', 'x', 2, false, 'a > b > x'],
    ['a > b', 'x', 0, true, 'a = x > b'],
    ['a > b', 'a', 0, true, 'a > b'],
    ['', 'x', 0, false, 'x'],
    ['', 'x', 0, true, 'x'],
  ])('%s: %s to %i, onto: %s', (before, candidate, tier, onto, after) => {
    expect(write(drop(read(before), candidate, { tier, onto }))).toBe(after);
  });
});

describe('moving by half a place', () => {
  it.each<[string, string, -1 | 1, string]>([
    ['a > b > c', 'b', -1, 'a = b > c'],
    ['a = b > c', 'b', -1, 'b > a > c'],
    ['a = b > c', 'b', 1, 'a > b > c'],
    ['a > b > c', 'b', 1, 'a > c = b'],
    ['a > b', 'a', -1, 'a > b'],
    ['a > b', 'b', 1, 'a > b'],
    ['a > b', 'x', 1, 'a > b'],
  ])('%s: %s by %i', (before, candidate, by, after) => {
    expect(write(nudge(read(before), candidate, by))).toBe(after);
  });
});
