import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { FakeBackend, type FakeOptions } from '../../ipc/fake';
import Annotate from './Annotate.svelte';
import { Deferred } from './testing';

const id = (name: string) => screen.getByTestId(name);
const shown = () => id('item').dataset.item;

async function open(options: Partial<FakeOptions> = {}) {
  const backend = new FakeBackend({ open: 20, latencyMs: 0, ...options });
  const submit = vi.spyOn(backend, 'submitJudgment');
  const annotator = await backend.createAnnotator('Ada');
  const study = await backend.overview();
  const leave = vi.fn();
  const user = userEvent.setup();
  render(Annotate, { backend, study, annotator, leave });
  await screen.findByTestId('item');
  return { backend, submit, user, leave, first: shown() };
}

beforeEach(() => localStorage.clear());
afterEach(cleanup);

test('two answers side by side, named by side alone', async () => {
  await open();
  expect(screen.getAllByRole('heading', { level: 2 }).map((one) => one.textContent)).toEqual([
    'Prompt',
    '1 · Left',
    '2 · Right',
  ]);
  expect(id('candidate-0').dataset.candidate).not.toBe(id('candidate-1').dataset.candidate);
});

test('a key saves the answer of that side and shows the next pair', async () => {
  const { submit, user, first } = await open();
  const right = id('candidate-1').dataset.candidate;
  await user.keyboard('2');
  await waitFor(() => expect(shown()).not.toBe(first));
  expect(submit.mock.calls[0]?.[1]).toMatchObject({
    item: first,
    answer: { kind: 'preferred', candidate: right },
    strength: null,
    rationale: null,
  });
  await waitFor(() => expect(id('progress-done')).toHaveTextContent(/^1$/));
  expect(id('progress-waiting')).toHaveTextContent(/^19$/);
});

test('the saved mark is not there before the commit', async () => {
  const { backend, submit, user, first } = await open();
  const commit = new Deferred<void>();
  const real = FakeBackend.prototype.submitJudgment.bind(backend);
  submit.mockImplementationOnce(async (...judgment) => {
    await commit.promise;
    return real(...judgment);
  });
  await user.keyboard('1');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(screen.queryByTestId('saved')).toBeNull();
  expect(shown()).toBe(first);
  commit.resolve();
  await screen.findByTestId('saved');
  await waitFor(() => expect(shown()).not.toBe(first));
});

test.each([
  ['answer-left', 'preferred'],
  ['answer-right', 'preferred'],
  ['answer-tie', 'tie'],
  ['answer-both-bad', 'both_bad'],
])('the button %s answers too', async (button, kind) => {
  const { submit, user } = await open();
  await user.click(id(button));
  await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
  expect(submit.mock.calls[0]?.[1].answer.kind).toBe(kind);
});

test('the second click of a double click does not answer the next pair', async () => {
  const { submit, first } = await open();
  await fireEvent.click(id('answer-left'), { detail: 1 });
  await waitFor(() => expect(shown()).not.toBe(first));
  await fireEvent.click(id('answer-left'), { detail: 2 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(submit).toHaveBeenCalledTimes(1);
});

test('typing a reason fires no hotkey, and the reason is saved with the answer', async () => {
  const { submit, user, first } = await open({ rationale: 'optional' });
  await user.keyboard('r');
  await waitFor(() => expect(id('rationale')).toHaveFocus());
  await user.keyboard('1 is better than 2, bus? gdm');
  expect(submit).not.toHaveBeenCalled();
  expect(screen.queryByTestId('help-dialog')).toBeNull();
  expect(shown()).toBe(first);
  await user.keyboard('{Escape}');
  expect(id('rationale')).not.toHaveFocus();
  await user.keyboard('1');
  await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
  expect(submit.mock.calls[0]?.[1].rationale).toBe('1 is better than 2, bus? gdm');
  await waitFor(() => expect(id('rationale')).toHaveValue(''));
});

test('a required reason takes the focus and Ctrl+Enter saves', async () => {
  const { submit, user } = await open({ rationale: 'required' });
  await user.keyboard('0');
  await waitFor(() => expect(id('rationale')).toHaveFocus());
  expect(screen.getByText(/asks for a reason/)).toBeInTheDocument();
  await user.keyboard('equal{Control>}{Enter}{/Control}');
  await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
  expect(submit.mock.calls[0]?.[1]).toMatchObject({ answer: { kind: 'tie' }, rationale: 'equal' });
});

describe('strength', () => {
  test('the slider begins without a value, and a required one cannot be saved so', async () => {
    const { submit, user } = await open({ strength: 'required' });
    await user.keyboard('1');
    expect(await screen.findByTestId('strength')).toHaveAttribute('aria-valuetext', 'not set');
    expect(id('strength-save')).toBeDisabled();
    await user.keyboard('{Enter}');
    expect(submit).not.toHaveBeenCalled();
    await user.keyboard('0');
    await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
    expect(submit.mock.calls[0]?.[1].strength).toBe(0);
  });

  test('an optional one untouched is saved as none', async () => {
    const { submit, user } = await open({ strength: 'optional' });
    await user.click(id('answer-right'));
    await user.click(await screen.findByTestId('strength-save'));
    await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
    expect(submit.mock.calls[0]?.[1].strength).toBeNull();
  });
});

test('a failure keeps the pair and the answer, and Retry saves it', async () => {
  const { submit, user, first } = await open({ failEvery: 1 });
  await user.keyboard('2');
  expect(await screen.findByTestId('error')).toHaveTextContent(
    /not saved.*The disk is full.*Free some space/,
  );
  expect(shown()).toBe(first);
  expect(id('answer-right')).toHaveAttribute('aria-pressed', 'true');
  expect(screen.queryByTestId('saved')).toBeNull();
  submit.mockResolvedValueOnce({
    judgment: 'j',
    follow_up: null,
    progress: {
      done: 1,
      waiting: 19,
      seconds_per_judgment: null,
      seconds_left: null,
      can_undo: true,
    },
  });
  await user.click(screen.getByRole('button', { name: 'Retry' }));
  await waitFor(() => expect(shown()).not.toBe(first));
  expect(submit.mock.calls[1]?.[1].answer).toEqual(submit.mock.calls[0]?.[1].answer);
});

test('undo brings the pair back with its answer', async () => {
  const { user, first } = await open({ strength: 'optional', rationale: 'optional' });
  await user.type(id('rationale'), 'clear');
  await user.keyboard('{Escape}13');
  await waitFor(() => expect(shown()).not.toBe(first));
  await user.keyboard('{Control>}z{/Control}');
  await waitFor(() => expect(shown()).toBe(first));
  expect(id('rationale')).toHaveValue('clear');
  expect(screen.getByText(/Taken back: Left, much better/)).toBeInTheDocument();
  expect(screen.queryByTestId('saved')).toBeNull();
});

test('keys do nothing behind a dialog, and close it', async () => {
  const { submit, user } = await open();
  await user.keyboard('?');
  await screen.findByTestId('help-dialog');
  await user.keyboard('12b');
  expect(submit).not.toHaveBeenCalled();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByTestId('help-dialog')).toBeNull());
  await user.keyboard('1');
  await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
});

test('the end says so and lets go back', async () => {
  const { user, leave } = await open({ open: 2 });
  await user.keyboard('10');
  expect(await screen.findByTestId('all-done')).toHaveTextContent('2 comparisons');
  await user.click(id('finish'));
  expect(leave).toHaveBeenCalled();
});
