import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import type { StudyOverview } from '../../ipc/bindings';
import { FakeBackend, type FakeOptions } from '../../ipc/fake';
import Designer from './Designer.svelte';

const id = (name: string) => screen.getByTestId(name);

/** A study's design on the screen; `study` is what was saved last. */
async function open(options: Partial<FakeOptions> = {}, change: Partial<StudyOverview> = {}) {
  const backend = new FakeBackend({ open: 40, latencyMs: 0, ...options });
  const save = vi.spyOn(backend, 'saveSettings');
  const leave = vi.fn();
  const study = { ...(await backend.overview()), ...change };
  const { rerender } = render(Designer, {
    backend,
    study,
    leave,
    saved: (next: StudyOverview) => void rerender({ study: next }),
  });
  await screen.findByTestId('presets');
  return { save, leave, user: userEvent.setup() };
}

const names = () =>
  screen.getAllByTestId('aspect').map((one) => within(one).getByRole('strong').textContent);

beforeEach(() => {
  localStorage.clear();
  i18n.set('en');
});
afterEach(cleanup);

test('what was changed is saved, and only then', async () => {
  const { save, user } = await open();
  expect(id('settings-state')).toHaveTextContent('No changes');
  await user.clear(id('setting-question'));
  await user.type(id('setting-question'), 'Which is kinder?');
  await user.click(id('setting-tie'));
  await user.click(id('setting-confidence-optional'));
  await user.clear(id('setting-min_dwell_s'));
  await user.type(id('setting-min_dwell_s'), '5');
  expect(id('settings-state')).toHaveTextContent('Unsaved changes');
  expect(save).not.toHaveBeenCalled();
  await user.keyboard('{Control>}s{/Control}');
  await screen.findByTestId('settings-saved');
  expect(save).toHaveBeenCalledTimes(1);
  expect(save.mock.calls[0]?.[0]).toMatchObject({
    question: 'Which is kinder?',
    tie: false,
    both_bad: true,
    confidence: 'optional',
    min_dwell_s: 5,
  });
});

test('a field is found fault with when it is left, and keeps the design from being saved', async () => {
  const { save, user } = await open();
  await user.clear(id('setting-overlap'));
  expect(screen.queryByTestId('problem-overlap')).toBeNull();
  await user.tab();
  expect(id('problem-overlap')).toHaveTextContent('from 1 to 1,000');
  expect(id('setting-overlap')).toHaveAccessibleDescription(/from 1 to 1,000/);
  await user.clear(id('setting-question'));
  await user.click(id('settings-save'));
  expect(save).not.toHaveBeenCalled();
  expect(id('settings-state')).toHaveTextContent('2 fields need attention');
  expect(id('setting-question')).toHaveFocus();
  expect(id('setting-question')).toBeInvalid();
  await user.type(id('setting-question'), 'Which?');
  await user.type(id('setting-overlap'), '3');
  await user.click(id('settings-save'));
  await waitFor(() => expect(save).toHaveBeenCalledTimes(1));
});

test('what the program refuses is said, and nothing is lost', async () => {
  const { save, user } = await open();
  save.mockRejectedValueOnce({ code: 'bad_input', message: 'question: is too long', hint: null });
  await user.type(id('setting-question'), ' Really?');
  await user.click(id('settings-save'));
  expect(await screen.findByTestId('error')).toHaveTextContent('question: is too long');
  expect(id('setting-question')).toHaveValue('Which answer is better? Really?');
  expect(id('settings-state')).toHaveTextContent('Unsaved changes');
});

test('aspects by keyboard alone: added, named, moved, removed', async () => {
  const { save, user } = await open({ aspects: 'preference' });
  id('aspect-add').focus();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(id('aspect-name')).toHaveFocus());
  await user.keyboard('Über Stil');
  expect(id('aspect-id')).toHaveValue('uber_stil');
  await user.keyboard('{Alt>}{ArrowUp}{ArrowUp}{/Alt}');
  await waitFor(() => expect(names()).toEqual(['Helpful', 'Über Stil', 'Truthful', 'Harmless']));
  expect(id('aspect-name')).toHaveFocus();
  within(screen.getAllByTestId('aspect')[0]!).getByTestId('aspect-remove').focus();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(names()).toEqual(['Über Stil', 'Truthful', 'Harmless']));
  expect(document.activeElement).toHaveTextContent('Über Stil');
  await user.keyboard('{Control>}s{/Control}');
  await screen.findByTestId('settings-saved');
  expect(save.mock.calls[0]?.[0].aspects.map((one) => one.id)).toEqual([
    'uber_stil',
    'truthfulness',
    'harmlessness',
  ]);
});

test('an id that was written stays when the name changes', async () => {
  const { user } = await open();
  await user.click(id('aspect-add'));
  await user.type(id('aspect-id'), 'help');
  await user.type(id('aspect-name'), 'Helpfulness');
  expect(id('aspect-id')).toHaveValue('help');
  await user.click(screen.getByRole('button', { name: 'Make it from the name' }));
  expect(id('aspect-id')).toHaveValue('helpfulness');
});

test('a problem inside a closed aspect opens it', async () => {
  const { save, user } = await open({ aspects: 'rating' });
  await user.click(screen.getAllByTestId('aspect-toggle')[1]!);
  await user.clear(id('aspect-name'));
  await user.click(screen.getAllByTestId('aspect-toggle')[1]!);
  expect(screen.queryByTestId('aspect-name')).toBeNull();
  await user.click(id('settings-save'));
  await waitFor(() => expect(id('aspect-name')).toHaveFocus());
  expect(save).not.toHaveBeenCalled();
});

test('reasons are a list of lines', async () => {
  const { save, user } = await open();
  const list = within(id('setting-reasons'));
  await user.click(list.getByRole('button', { name: 'Add a reason' }));
  await waitFor(() => expect(list.getByRole('textbox')).toHaveFocus());
  await user.keyboard('Clear{Enter}Short{Enter}{Backspace}');
  await waitFor(() => expect(list.getAllByRole('textbox')[1]).toHaveFocus());
  await user.keyboard('er');
  await user.paste('one\ntwo\r\n\n three ');
  await waitFor(() => expect(list.getAllByRole('textbox')).toHaveLength(5));
  await user.click(list.getByRole('button', { name: 'Remove “Clear”' }));
  await user.keyboard('{Control>}s{/Control}');
  await screen.findByTestId('settings-saved');
  expect(save.mock.calls[0]?.[0].reason_tags).toEqual(['Shorter', 'one', 'two', 'three']);
});

test('a known design fills the form, is taken back, and asks before it replaces changes', async () => {
  const { save, user } = await open();
  await user.click(id('preset-ultrafeedback'));
  expect(screen.getByText(/rated from 1 to 5/)).toBeInTheDocument();
  await user.click(id('preset-use'));
  expect(id('preset-filled')).toHaveTextContent('UltraFeedback');
  expect(names()).toHaveLength(4);
  await user.click(id('preset-undo'));
  expect(screen.queryAllByTestId('aspect')).toEqual([]);

  await user.type(id('setting-question'), '?');
  await user.click(id('preset-use'));
  await user.click(within(await screen.findByTestId('replace-dialog')).getByText('Cancel'));
  expect(screen.queryAllByTestId('aspect')).toEqual([]);
  await user.click(id('preset-use'));
  await user.click(await screen.findByTestId('replace-confirm'));
  await waitFor(() => expect(names()).toHaveLength(4));
  await user.keyboard('{Control>}s{/Control}');
  await screen.findByTestId('settings-saved');
  expect(save.mock.calls[0]?.[0]).toMatchObject({ preset: 'ultrafeedback', rationale: 'required' });
});

test('the preview follows the form', async () => {
  const { user } = await open();
  expect(id('preview-fewest')).toHaveTextContent('1 key');
  await user.click(id('setting-both-bad'));
  expect(id('preview-asked')).not.toHaveTextContent('both bad');
  await user.click(id('setting-confidence-required'));
  expect(id('preview-asked')).toHaveTextContent(/How sure.*required/);
  expect(id('preview-fewest')).toHaveTextContent('2 keys');
  await user.clear(id('setting-guidelines'));
  await user.type(id('setting-guidelines'), '# Be fair');
  await waitFor(() =>
    expect(within(id('guidelines-preview')).getByRole('heading')).toHaveTextContent('Be fair'),
  );
});

test('changes that set judgments apart are said, where there are judgments', async () => {
  const { user } = await open({ aspects: 'preference' }, { annotated: 12 });
  expect(id('less-comparable')).toBeEmptyDOMElement();
  await user.clear(id('setting-overlap'));
  await user.type(id('setting-overlap'), '3');
  await user.click(screen.getAllByTestId('aspect-remove')[2]!);
  const said = id('less-comparable');
  expect(said).toHaveTextContent('12 items have been judged already');
  expect(said).toHaveTextContent('3 instead of 1');
  expect(said).toHaveTextContent('“Harmless” is no longer asked');
});

test('without judgments, every change is free', async () => {
  const { user } = await open();
  await user.click(id('setting-tie'));
  expect(id('less-comparable')).toBeEmptyDOMElement();
});

test.each([
  ['leave-save', 1, 1],
  ['leave-discard', 0, 1],
  ['leave-stay', 0, 0],
])('leaving with changes asks: %s', async (button, saves, leaves) => {
  const { save, leave, user } = await open();
  await user.click(id('setting-strength-required'));
  await user.keyboard('{Escape}');
  await user.click(await screen.findByTestId(button));
  await waitFor(() => expect(screen.queryByTestId('leave-dialog')).toBeNull());
  await waitFor(() => expect(leave).toHaveBeenCalledTimes(leaves));
  expect(save).toHaveBeenCalledTimes(saves);
});

test('leaving without changes asks nothing', async () => {
  const { leave, user } = await open();
  await user.click(id('settings-back'));
  expect(leave).toHaveBeenCalledTimes(1);
});

test('everything is said in German at once', async () => {
  const { user } = await open();
  await user.selectOptions(id('language'), 'de');
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Studie gestalten');
  expect(id('settings-save')).toHaveTextContent('Speichern');
  expect(document.documentElement.lang).toBe('de');
});
