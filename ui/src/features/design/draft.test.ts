import { describe, expect, test } from 'vitest';

import { DEFAULTS, fakeSettings } from '../../ipc/fake-settings';
import { differs, draftOf, filled, idFrom, moved, settingsOf } from './draft';

const settings = fakeSettings({ ...DEFAULTS, aspects: 'preference', reasons: true });

test('a draft is saved as what it was made of', () =>
  expect(settingsOf(draftOf(settings))).toEqual(settings));

test('the draft is another object through and through', () => {
  const draft = draftOf(settings);
  draft.aspects[0]!.reasons.push('new');
  draft.reason_tags.push('new');
  expect(settingsOf(draftOf(settings))).toEqual(settings);
});

test.each<[string, Parameters<typeof settingsOf>[0], boolean]>([
  ['nothing', draftOf(settings), false],
  ['spaces around the question', { ...draftOf(settings), question: ` ${settings.question} ` }, false],
  ['a blank reason', { ...draftOf(settings), reason_tags: [...settings.reason_tags, ' '] }, false],
  ['the question', { ...draftOf(settings), question: 'Which?' }, true],
  ['the order of aspects', { ...draftOf(settings), aspects: draftOf(settings).aspects.reverse() }, true],
  ['a number taken out', { ...draftOf(settings), min_dwell_s: null }, true],
  ['a budget with a comma', { ...draftOf(settings), budget: '12,5 %' }, true],
])('whether there is something to save: %s', (_, draft, expected) =>
  expect(differs(draft, settings)).toBe(expected),
);

test('a budget is saved with a point', () =>
  expect(settingsOf({ ...draftOf(settings), budget: ' 12,5 % ' }).budget).toBe('12.5 %'));

describe('a design from elsewhere', () => {
  const design = fakeSettings({ ...DEFAULTS, strength: 'required', aspects: 'rating' });

  test('fills the form', () =>
    expect(settingsOf(filled(draftOf(settings), design, 'x'))).toEqual({ ...design, preset: 'x' }));

  test('leaves the budget as it is', () => {
    const draft = { ...draftOf(settings), budget: '40%' };
    expect(filled(draft, design, 'x').budget).toBe('40%');
  });

  test('keeps guidelines that it does not bring', () => {
    const kept = filled(draftOf(settings), { ...design, guidelines: '' }, 'x');
    expect(kept.guidelines).toBe(settings.guidelines);
  });
});

test.each([
  ['Helpful', 'helpful'],
  ['Follows the instruction', 'follows_the_instruction'],
  ['Über-all Größe!', 'uber-all_grosse'],
  ['  ', ''],
  ['音質', ''],
])('the id of %s is %s', (name, id) => expect(idFrom(name)).toBe(id));

test.each([
  [0, 1, 'bac'],
  [2, -1, 'acb'],
  [0, -1, 'abc'],
  [2, 1, 'abc'],
  [7, -1, 'abc'],
])('number %d moved by %d', (at, by, expected) =>
  expect(moved(['a', 'b', 'c'], at, by).join('')).toBe(expected),
);
