import { describe, expect, it, test } from 'vitest';

import { toScalar, toUnit, wholeScalars, withHighlight } from './offsets';

describe('offsets count characters, not units', () => {
  it.each([
    ['abc', 2, 2],
    ['😀bc', 2, 1],
    ['a😀b😀c', 6, 4],
    ['a😀b😀c', 7, 5],
    ['עברית', 3, 3],
    ['e\u0301x', 2, 2],
    ['👩‍👩‍👧x', 8, 5],
    ['', 0, 0],
  ])('%j: unit %i is character %i', (text, unit, scalar) => {
    expect(toScalar(text, unit)).toBe(scalar);
    expect(toUnit(text, scalar)).toBe(unit);
    expect([...text.slice(0, unit)]).toHaveLength(scalar);
  });

  test('a lone half of a pair is a character', () => {
    expect(toScalar('a\ud83db', 3)).toBe(3);
    expect(toUnit('a\ud83db', 3)).toBe(3);
  });

  test('past the end is the end', () => {
    expect(toUnit('ab', 9)).toBe(2);
    expect(toUnit('😀', 9)).toBe(2);
  });
});

test.each([
  ['a😀b', 2, 3, '😀b'.slice(0, 2)],
  ['a😀b', 0, 2, 'a😀'],
  ['a😀b', 1, 3, '😀'],
  ['ab', 0, 1, 'a'],
])('no pair is torn: %j %i..%i', (text, start, end, expected) => {
  const whole = wholeScalars(text, { start, end });
  expect(text.slice(whole.start, whole.end)).toBe(expected);
});

test('the same stretch is marked once', () => {
  const first = { candidate: 'a', turn: 0, start: 1, end: 3, good: true, reason: 'x' };
  const other = { ...first, end: 4 };
  const again = { ...first, good: false, reason: null };
  expect(withHighlight([first, other], again)).toEqual([other, again]);
});
