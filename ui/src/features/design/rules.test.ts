import { expect, test } from 'vitest';

import { DEFAULTS, fakeSettings } from '../../ipc/fake-settings';
import { draftOf, newAspect, type DraftSettings } from './draft';
import { isBudget, problemsOf } from './rules';

function draft(change: Partial<DraftSettings> = {}): DraftSettings {
  return { ...draftOf(fakeSettings({ ...DEFAULTS, aspects: 'preference' })), ...change };
}

const aspect = (id: string, name = 'Name', reasons: string[] = []) => ({
  ...newAspect(),
  id,
  name,
  reasons,
});

test('a design as it comes has no problem', () => expect(problemsOf(draft())).toEqual([]));

test.each<[string, Partial<DraftSettings>, string]>([
  ['no question', { question: '  ' }, 'question empty'],
  ['a reason twice', { reason_tags: ['Clear', 'Short', ' Clear '] }, 'reason_tags repeated'],
  ['no overlap', { overlap: 0 }, 'overlap overlap'],
  ['an overlap of 1001', { overlap: 1001 }, 'overlap overlap'],
  ['half a person', { overlap: 1.5 }, 'overlap overlap'],
  ['an overlap that is not written', { overlap: null }, 'overlap overlap'],
  ['a negative time', { min_dwell_s: -1 }, 'min_dwell_s seconds'],
  ['more than an hour', { min_dwell_s: 3601 }, 'min_dwell_s seconds'],
  ['a time that is not written', { min_listen_s: null }, 'min_listen_s seconds'],
  ['half a minute', { break_after_min: 0.5 }, 'break_after_min minutes'],
  ['more than a day', { break_after_min: 1441 }, 'break_after_min minutes'],
  ['a budget in words', { budget: 'a few' }, 'budget budget'],
])('%s', (_, change, expected) =>
  expect(problemsOf(draft(change)).map((one) => `${one.field} ${one.rule}`)).toEqual([expected]),
);

test.each<[string, ReturnType<typeof aspect>[], string[]]>([
  ['an id with a space', [aspect('a b')], ['id id']],
  ['an id with an umlaut', [aspect('güte')], ['id id']],
  ['no id', [aspect('')], ['id empty']],
  ['two of one id', [aspect('a'), aspect('a')], ['id idTaken', 'id idTaken']],
  ['ids that differ in case', [aspect('a'), aspect('A')], []],
  ['no name', [aspect('a', ' ')], ['name empty']],
  ['reasons twice', [aspect('a', 'A', ['x', 'x'])], ['reasons repeated']],
  ['blank reasons, which are not saved', [aspect('a', 'A', ['', ' '])], []],
])('aspects: %s', (_, aspects, expected) =>
  expect(
    problemsOf(draft({ aspects })).map((one) => `${one.field.split('-').at(-1)} ${one.rule}`),
  ).toEqual(expected),
);

test.each([
  ['25%', true],
  ['12,5 %', true],
  ['12.5%', true],
  ['100%', true],
  ['101%', false],
  ['300', true],
  ['0', true],
  ['2.5', false],
  ['-3', false],
  ['%', false],
  ['', false],
])('a budget of %s', (budget, expected) => expect(isBudget(budget)).toBe(expected));
