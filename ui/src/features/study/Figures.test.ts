import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import { FakeBackend } from '../../ipc/fake';
import Figures from './Figures.svelte';

afterEach(() => {
  cleanup();
  i18n.set('en');
});

test.each([
  ['en', false, null, /^on 40 items$/, null],
  ['en', true, 0.53, /^on 40 items, with labels that it learnt from$/, 'Held-out accuracy: 53%'],
  ['de', true, 0.53, /aus denen es gelernt hat$/, /^Genauigkeit auf Ungesehenem: 53/],
] as const)('agreement in %s, learnt from: %s', async (language, seen, held, note, heldOut) => {
  i18n.set(language);
  const overview = await new FakeBackend({ open: 40, latencyMs: 0 }).overview();
  const study = {
    ...overview,
    agreement: 0.86,
    agreement_items: 40,
    agreement_seen: seen,
    held_out_accuracy: held,
  };
  render(Figures, { study });
  expect(screen.getByTestId('agreement-note').textContent?.trim()).toMatch(note);
  if (heldOut) expect(screen.getByTestId('held-out')).toHaveTextContent(heldOut);
  else expect(screen.queryByTestId('held-out')).toBeNull();
});
