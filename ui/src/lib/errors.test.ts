import { afterEach, expect, test } from 'vitest';

import { i18n } from '../i18n/i18n.svelte';
import { hintOf } from './errors';

afterEach(() => i18n.set('en'));

test.each([
  ['en', 'disk_full', 'free some space', 'free some space'],
  ['de', 'disk_full', 'free some space', /Platz schaffen/],
  ['de', 'disk_full', null, /Platz schaffen/],
  ['de', 'something_new', 'do this', 'do this'],
  ['en', 'something_new', null, null],
] as const)('in %s, the hint of %s with %s', (language, code, hint, expected) => {
  i18n.set(language);
  const words = hintOf({ code, message: 'm', hint });
  if (expected instanceof RegExp) expect(words).toMatch(expected);
  else expect(words).toBe(expected);
});
