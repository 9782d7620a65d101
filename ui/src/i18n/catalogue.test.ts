import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

import { expect, test } from 'vitest';

import { de } from './de';
import { en } from './en';

/** Words that German writes as English does: names, units, terms of the field. */
const SAME = new Set([
  '',
  ', ',
  'Alt',
  'Annotator',
  'Brier',
  'Budget',
  'ECE',
  'Enter',
  'Export',
  'Format',
  'LaTeX',
  'Linear',
  'Markdown',
  'Name',
  'Pause',
  'Position',
  'Prompt',
  'System',
  'Text',
  'Tempo',
  'Version 2',
  'Zoom',
  'stereo',
]);

type Leaf = string | ((...given: unknown[]) => string);

function* leaves(part: object, path: string): Generator<[string, Leaf]> {
  for (const [key, value] of Object.entries(part)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'object' && value !== null) yield* leaves(value, at);
    else yield [at, value as Leaf];
  }
}

/** What a string says, with sample values where it takes any. */
function said(leaf: Leaf): string | null {
  if (typeof leaf === 'string') return leaf;
  for (const sample of [2, 'x', [2], { name: 'x' }]) {
    try {
      const words = leaf(...Array<unknown>(leaf.length || 1).fill(sample));
      if (typeof words === 'string') return words;
    } catch {
      // Wants something else.
    }
  }
  return null;
}

const english = new Map(leaves(en, ''));
const german = new Map(leaves(de, ''));

test('both languages have the files of every feature', () => {
  const files = (language: string) => readdirSync(resolve(process.cwd(), 'src/i18n', language)).sort();
  expect(files('de')).toEqual(files('en'));
});

test('German has every string of English', () =>
  expect([...english.keys()].filter((key) => !german.has(key))).toEqual([]));

test('no string is empty where the other language says something', () =>
  expect(
    [...english].filter(([key, leaf]) => (said(leaf) === '') !== (said(german.get(key)!) === '')),
  ).toEqual([]));

test('German says it in German', () => {
  const same = [...english]
    .map(([key, leaf]) => [key, said(leaf), said(german.get(key)!)] as const)
    .filter(([, one, other]) => one === other && /\p{L}{2}/u.test(one ?? ''))
    .filter(([, one]) => !SAME.has(one ?? ''))
    .map(([key, one]) => `${key}: ${one}`);
  expect(same).toEqual([]);
});

test('German quotes and pauses as German does', () => {
  const wrong = [...german]
    .map(([key, leaf]) => [key, said(leaf) ?? ''] as const)
    .filter(([, words]) => /[“][^„]*$/.test(words.split('„')[0] ?? '') || /\p{L}…/u.test(words))
    .map(([key, words]) => `${key}: ${words}`);
  expect(wrong).toEqual([]);
});
