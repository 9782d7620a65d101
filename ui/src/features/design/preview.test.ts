import { expect, test } from 'vitest';

import { DEFAULTS, fakeSettings, type FakeOptions } from '../../ipc/fake-settings';
import { askedOf, keystrokesOf } from './preview';

test.each<[string, Partial<FakeOptions>, string, number, number, boolean]>([
  ['an answer alone', {}, 'answer', 1, 1, false],
  ['a required strength', { strength: 'required' }, 'answer strength', 2, 2, false],
  ['a strength that Enter passes', { strength: 'optional' }, 'answer strength', 2, 2, false],
  ['a required reason', { rationale: 'required' }, 'answer rationale', 2, 2, true],
  ['a reason that may be left out', { rationale: 'optional' }, 'answer rationale', 1, 3, true],
  ['strength and confidence, saved by Ctrl+Enter', { strength: 'optional', confidence: 'optional' }, 'answer strength confidence', 2, 3, false],
  ['a required confidence behind a strength', { strength: 'optional', confidence: 'required' }, 'answer strength confidence', 3, 3, false],
  ['aspects of two ratings each', { aspects: 'rating' }, 'answer aspect aspect aspect aspect', 9, 9, false],
  ['aspects with reasons', { aspects: 'preference' }, 'answer aspect aspect aspect', 7, 10, false],
  ['aspects that may be left out', { aspects: 'preference', aspectsAsk: 'optional' }, 'answer aspect aspect aspect', 2, 10, false],
  ['aspects that are off', { aspects: 'preference', aspectsAsk: 'off' }, 'answer', 1, 1, false],
  ['reasons before one in words', { rationale: 'required', reasons: true }, 'answer reasons rationale', 3, 4, true],
  ['steps and highlights', { steps: 'required', highlights: 'optional' }, 'answer highlights steps', 1, 1, true],
])('%s', (_, options, parts, fewest, all, more) => {
  const asked = askedOf(fakeSettings({ ...DEFAULTS, ...options }));
  expect(asked.map((one) => one.part).join(' ')).toBe(parts);
  expect(keystrokesOf(asked)).toEqual({ fewest, all, more });
});
