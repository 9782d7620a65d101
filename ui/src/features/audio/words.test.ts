import { expect, test } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import { clipLength } from './words';

test.each([
  [0, '0:00.0'],
  [0.09, '0:00.1'],
  [0.5, '0:00.5'],
  [9.96, '0:09.9'],
  [10, '0:10'],
  [113.4, '1:53'],
])('a clip of %f s', (seconds, words) => {
  expect(clipLength(seconds)).toBe(words);
});

test('a clip of unknown format is named without it', () => {
  expect(i18n.t.annotate.clip('0:10', '')).toBe('Clip, 0:10');
});
