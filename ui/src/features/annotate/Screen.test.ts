import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import { FakeBackend, type FakeOptions } from '../../ipc/fake';
import { FakeOutput } from '../audio/testing-output';
import Annotate from './Annotate.svelte';
import { keymap } from './keymap';

const id = (name: string) => screen.getByTestId(name);
const shown = () => id('item').dataset.item;
const question = (name: string) =>
  document.querySelector<HTMLElement>(`[data-question="${name}"]`) ?? document.body;
const pick = (name: string, value: number) =>
  question(name).querySelector<HTMLElement>(`[data-value="${value}"]`) ?? document.body;
/** The order as it is shown: `2 > 0 = 1`. */
const order = () =>
  screen
    .queryAllByTestId(/^tier-/)
    .map((tier) => within(tier).getAllByRole('button'))
    .map((chips) => chips.map((chip) => chip.dataset.testid?.slice(5)).join(' = '))
    .join(' > ');
const orderIs = (expected: string) => waitFor(() => expect(order()).toBe(expected));

/** Drafts are kept by annotator for as long as the page lives: each test has one of its own. */
let sittings = 0;

const frame = () => new Promise<void>((drawn) => requestAnimationFrame(() => drawn()));

async function open(options: Partial<FakeOptions> = {}) {
  const backend = new FakeBackend({ open: 20, latencyMs: 0, ...options });
  const submit = vi.spyOn(backend, 'submitJudgment');
  const annotator = await backend.createAnnotator(`Ada ${(sittings += 1)}`);
  const study = await backend.overview();
  const user = userEvent.setup();
  render(Annotate, { backend, study, annotator, leave: vi.fn() });
  await screen.findByTestId('item');
  // Until the pair is drawn, what is pressed waits for its turn. If that comes in the middle of a
  // later click, what is clicked moves away under it. A frame after the next, all is drawn.
  await frame();
  await frame();
  const candidate = (n: number) => id(`candidate-${n}`).dataset.candidate;
  return { backend, submit, user, first: shown(), candidate };
}

beforeEach(() => {
  localStorage.clear();
  keymap.reset();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  i18n.set('en');
});

describe('the form', () => {
  test('is answered by keys alone, the open question having the focus', async () => {
    const { submit, user, candidate, first } = await open({
      aspects: 'preference',
      confidence: 'required',
    });
    const [left, right] = [candidate(0), candidate(1)];
    await user.keyboard('2');
    await waitFor(() => expect(question('aspect:helpfulness')).toHaveFocus());
    await user.keyboard('2');
    await waitFor(() => expect(question('reasons:helpfulness')).toHaveFocus());
    await user.keyboard('24{Enter}0');
    await waitFor(() => expect(question('aspect:harmlessness')).toHaveFocus());
    await user.keyboard('1{Enter}');
    const panel = id('form').querySelector<HTMLElement>('.questions')!;
    panel.scrollTop = 90;
    await user.keyboard('3');
    await waitFor(() => expect(shown()).not.toBe(first));
    // The next comparison's questions are shown from the first one on.
    expect(panel.scrollTop).toBe(0);
    expect(submit.mock.calls[0]?.[1]).toMatchObject({
      answer: { kind: 'preferred', candidate: right },
      confidence: 2 / 3,
      aspects: [
        {
          aspect: 'helpfulness',
          answer: { kind: 'preferred', candidate: right },
          reasons: ['Complete', 'Well organised'],
        },
        { aspect: 'truthfulness', answer: { kind: 'tie' }, reasons: [] },
        { aspect: 'harmlessness', answer: { kind: 'preferred', candidate: left }, reasons: [] },
      ],
    });
    expect(id('form').dataset.at).toBeUndefined();
  });

  test('is answered by the mouse alone, and Save shows what is missing', async () => {
    const { submit, user, candidate } = await open({ aspects: 'rating', aspectsAsk: 'required' });
    const [left, right] = [candidate(0), candidate(1)];
    await user.click(id('answer-left'));
    const aspects = ['instruction', 'honesty', 'truthfulness', 'helpfulness'];
    for (const aspect of aspects) {
      await user.click(pick(`rating:${aspect}:0`, 5));
      if (aspect !== 'honesty') await user.click(pick(`rating:${aspect}:1`, 2));
    }
    await user.click(id('form-save'));
    await waitFor(() => expect(id('form').dataset.at).toBe('rating:honesty:1'));
    expect(submit).not.toHaveBeenCalled();
    await user.click(pick('rating:honesty:1', 1));
    await user.click(id('form-save'));
    await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
    const saved = submit.mock.calls[0]?.[1].aspects ?? [];
    expect(saved.map((one) => one.answer)).toEqual(
      aspects.map((aspect) => ({
        kind: 'ratings',
        ratings: [
          [left, 5],
          [right, aspect === 'honesty' ? 1 : 2],
        ],
      })),
    );
  });

  test('begins with nothing chosen', async () => {
    await open({ aspects: 'rating', confidence: 'optional', strength: 'optional', reasons: true });
    const pressed = within(id('form'))
      .getAllByRole('button')
      .filter((one) => one.getAttribute('aria-pressed') === 'true');
    expect(pressed).toEqual([]);
    expect(id('form-save')).toBeDisabled();
  });

  test('a required reason is written at its end', async () => {
    const { submit, user } = await open({ confidence: 'required', rationale: 'required' });
    await user.keyboard('14');
    await waitFor(() => expect(id('rationale')).toHaveFocus());
    await user.keyboard('1234 so{Control>}{Enter}{/Control}');
    await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
    expect(submit.mock.calls[0]?.[1]).toMatchObject({ confidence: 1, rationale: '1234 so' });
  });
});

describe('a ranking', () => {
  test('by keys', async () => {
    const { submit, user, candidate, first } = await open({ k: 4 });
    const [one, two, three] = [candidate(0), candidate(1), candidate(2)];
    await user.keyboard('3=12');
    await orderIs('2 = 0 > 1');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(shown()).not.toBe(first));
    expect(submit.mock.calls[0]?.[1].answer).toEqual({
      kind: 'ranked',
      tiers: [[three, one], [two]],
    });
    await orderIs('');
  });

  test('by clicks', async () => {
    const { submit, user } = await open({ k: 3 });
    expect(id('answer-ranking')).toBeDisabled();
    await user.click(id('chip-1'));
    await user.click(id('chip-0'));
    await user.click(id('chip-1'));
    await user.click(id('chip-2'));
    await orderIs('0 > 2');
    await user.click(id('answer-ranking'));
    await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
  });

  test('by dragging: before a place, onto one, out of the order', async () => {
    const { user } = await open({ k: 3 });
    await user.keyboard('123');
    await orderIs('0 > 1 > 2');
    const drag = async (chip: string, onto: Element | null) => {
      document.elementFromPoint = () => onto;
      // The page of these tests knows no pointer events of its own.
      const pointer = (name: string, clientX: number) =>
        new MouseEvent(`pointer${name}`, { bubbles: true, button: 0, clientX, clientY: 0 });
      await fireEvent(id(chip), pointer('down', 0));
      await fireEvent(window, pointer('move', 40));
      await fireEvent(window, pointer('up', 40));
      await fireEvent.click(id(chip), { detail: 1 });
    };
    await drag('chip-2', document.querySelector('[data-drop=before][data-tier="0"]'));
    await orderIs('2 > 0 > 1');
    await drag('chip-1', document.querySelector('[data-drop=onto][data-tier="0"]'));
    await orderIs('2 = 1 > 0');
    await drag('chip-2', document.querySelector('[data-drop=pool]'));
    await orderIs('1 > 0');
    await drag('chip-1', null);
    await orderIs('1 > 0');
  });

  test('by arrow keys on a card, which keeps the focus', async () => {
    const { user } = await open({ k: 3 });
    await user.keyboard('123');
    await orderIs('0 > 1 > 2');
    id('chip-2').focus();
    await user.keyboard('{ArrowLeft}');
    await orderIs('0 > 1 = 2');
    await waitFor(() => expect(id('chip-2')).toHaveFocus());
    await user.keyboard('{ArrowLeft}');
    await orderIs('0 > 2 > 1');
    await waitFor(() => expect(id('chip-2')).toHaveFocus());
    await user.keyboard('{Delete}');
    await orderIs('0 > 1');
  });
});

describe('clips and images', () => {
  beforeEach(() => {
    vi.stubGlobal('AudioContext', FakeOutput);
    // There is nothing to draw on, which would be said at length.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  });

  test('what was heard up to the key goes with its answer, and none of it with the next', async () => {
    const { submit, candidate, first } = await open({ modality: 'music' });
    const left = candidate(0);
    const key = (name: string) => fireEvent.keyDown(document.body, { key: name });
    await waitFor(() => expect(screen.queryByText(i18n.t.audio.loading)).toBeNull());
    await key(' ');
    await waitFor(() => expect(id('state-0')).toHaveTextContent(i18n.t.audio.playing));
    FakeOutput.opened.at(-1)?.pass(3);
    await key('1');
    await waitFor(() => expect(shown()).not.toBe(first));
    await key('2');
    await waitFor(() => expect(submit).toHaveBeenCalledTimes(2));
    const [heard, next] = submit.mock.calls.map(([, judgment]) => judgment.listening);
    expect(heard).toMatchObject([{ candidate: left, from_ms: 0 }]);
    expect(heard?.[0]?.to_ms).toBeGreaterThan(2900);
    expect(next).toEqual([]);
  });

  test.each(['text', 'image', 'music'])('of a ranking say their place: %s', async (modality) => {
    const { user } = await open({ modality, k: 3 });
    const heading = (n: number) => within(id(`candidate-${n}`)).getByRole('heading', { level: 2 });
    await user.keyboard('312');
    await waitFor(() => expect(heading(1)).toHaveTextContent('Candidate 2 · Place 3'));
    expect(heading(0)).toHaveTextContent('Candidate 1 · Place 2');
    expect(heading(2)).toHaveTextContent('Candidate 3 · Place 1');
    expect(within(id('candidate-1')).getByText('Placed')).toBeInTheDocument();
    expect(screen.queryByText('Chosen')).toBeNull();
    await user.keyboard('{Backspace}');
    await waitFor(() => expect(heading(1)).toHaveTextContent(/^Candidate 2$/));
  });
});

test('N goes to the steps that are open and says that none is wrong', async () => {
  const { user, submit } = await open({ steps: 'required' });
  const step = () => within(id('candidate-0')).getByRole('radio', { name: /^Step 1/ });
  await waitFor(() => expect(step()).toBeEnabled());
  await user.keyboard('nnnn');
  // The list keeps the focus, and Enter does not take back what it says.
  expect(within(id('candidate-1')).getByRole('radiogroup')).toHaveFocus();
  await user.keyboard('1{Enter}');
  await waitFor(() => expect(submit).toHaveBeenCalled());
  expect(submit.mock.calls[0]?.[1].steps.map((one) => one.first_wrong)).toEqual([null, null]);
});

test('guidelines stay open beside the comparison; G and Esc close them', async () => {
  const { submit, user, first } = await open();
  await user.keyboard('g');
  expect(await screen.findByTestId('guidelines-dialog')).toHaveTextContent('What counts');
  await user.keyboard('1');
  await waitFor(() => expect(shown()).not.toBe(first));
  expect(submit).toHaveBeenCalledTimes(1);
  expect(id('guidelines-dialog')).toBeInTheDocument();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByTestId('guidelines-dialog')).toBeNull());
  await user.keyboard('gg');
  expect(screen.queryByTestId('guidelines-dialog')).toBeNull();
});

test('the second turn shows the first with its answer and comment', async () => {
  const { user, first } = await open({ followUps: true, rationale: 'optional' });
  await user.type(id('rationale'), 'calmer');
  await user.keyboard('{Escape}1');
  await waitFor(() => expect(shown()).toBe(`${first}-second`));
  expect(id('preceding')).toHaveTextContent('calmer');
  expect(id('preceding')).toHaveTextContent('Staling is mostly');
});

describe('keys', () => {
  test('are changed by pressing the new one; a key in use is refused with words', async () => {
    const { submit, user, first } = await open();
    await user.click(id('keys'));
    await user.click(id('key-left'));
    await user.keyboard('b');
    expect(id('keymap-dialog')).toHaveTextContent('B is in use: Both bad');
    await user.keyboard('q');
    expect(id('key-left')).toHaveTextContent('Q');
    expect(submit).not.toHaveBeenCalled();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('keymap-dialog')).toBeNull());
    expect(id('answer-left')).toHaveTextContent('Q');
    await user.keyboard('1');
    expect(submit).not.toHaveBeenCalled();
    await user.keyboard('q');
    await waitFor(() => expect(shown()).not.toBe(first));
    await user.click(id('keys'));
    await user.click(id('keys-reset'));
    expect(id('key-left')).toHaveTextContent('1');
  });

  test('Esc leaves the key as it is, and the dialog open', async () => {
    const { user } = await open();
    await user.click(id('keys'));
    await user.click(id('key-left'));
    await user.keyboard('{Escape}');
    expect(id('keymap-dialog')).toBeInTheDocument();
    expect(id('key-left')).toHaveTextContent('1');
  });
});

test('too early an answer says how long to wait, and Enter saves it then', async () => {
  const { submit, user } = await open({ minDwellS: 1 });
  await user.keyboard('1');
  await waitFor(() => expect(id('notice')).toHaveTextContent(/can be saved in 1 s/));
  await waitFor(() => expect(id('notice')).toHaveTextContent(/press Enter/), { timeout: 3000 });
  expect(submit).not.toHaveBeenCalled();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(submit).toHaveBeenCalledTimes(1));
});

test('all of it is there in German', async () => {
  i18n.set('de');
  await open({ aspects: 'preference', confidence: 'optional', rationale: 'optional' });
  expect(id('answer-left')).toHaveTextContent('Links');
  expect(id('form')).toHaveTextContent('Wie sicher?');
});

test('a break is suggested without taking keys or focus, and can be put off', async () => {
  const { submit, user, first } = await open({ breakAfterMin: 0.000_001 });
  await screen.findByTestId('break');
  expect(document.body).toHaveFocus();
  await user.keyboard('1');
  await waitFor(() => expect(shown()).not.toBe(first));
  expect(submit).toHaveBeenCalledTimes(1);
  await user.click(id('break-later'));
  expect(screen.queryByTestId('break')).toBeNull();
});
