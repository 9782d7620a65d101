import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import type { RoutingView, StudyOverview } from '../../ipc/bindings';
import { FakeBackend, type FakeOptions } from '../../ipc/fake';
import { FRAME } from './plots/curve';
import Routing from './Routing.svelte';

const id = (name: string) => screen.getByTestId(name);
const find = (name: string) => screen.findByTestId(name);
const text = (name: string) => id(name).textContent?.replace(/\s+/g, ' ').trim();

async function open(options: Partial<FakeOptions> = {}) {
  const backend = new FakeBackend({ open: 120, latencyMs: 0, jobMs: 20, ...options });
  const [changed, leave, annotate] = [vi.fn(), vi.fn(), vi.fn()];
  const study = await backend.overview();
  const { rerender } = render(Routing, { backend, study, changed, leave, annotate });
  changed.mockImplementation((next) => void rerender({ study: next }));
  await find('pilot');
  return { backend, changed, leave, annotate, user: userEvent.setup() };
}

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  i18n.set('en');
});

describe('states', () => {
  const STATES: [string, Partial<FakeOptions>, Record<string, RegExp>, string[]][] = [
    [
      'nothing yet',
      {},
      {
        'pilot-missing': /^40 more labelled items are needed/,
        'curve-none': /It can be computed once 40 more items/,
        'buys-unknown': /not known before the curve/,
        'side-accuracy-reward': /not known yet/,
        sides: /On labelled items/,
      },
      ['run', 'routed-items', 'policy-row-auto .swatch'],
    ],
    [
      'a pilot that is being labelled',
      { routing: 'pilot' },
      {
        'pilot-progress': /^15 of 60 items labelled/,
        'pilot-missing': /^25 more labelled items/,
        'run-pilot': /The other items wait/,
        'run-progress': /15 of 60/,
      },
      ['run-policy', 'curve-basis'],
    ],
    [
      'a labelled pilot',
      { routing: 'labelled' },
      {
        'curve-none': /by the pilot\.$/,
        'side-accuracy-reward': /72% \(61–83%\)/,
        sides: /On the pilot/,
        'run-pilot': /^The pilot is labelled: compute the curve\./,
      },
      ['pilot-missing', 'pilot-annotate'],
    ],
    [
      'a curve',
      { routing: 'curve' },
      {
        'curve-basis': /Cross-validated on 60 labelled items of 54 prompts/,
        'expected-labels': /Agreement with people’s majority\s?78\.9% 76–82%\s?74\.2% 71–78%\s?93\.1%/,
        'expected-reward': /68\.5%/,
        'by-lot': /^Pilot and audit, 52% of the items, are drawn by lot/,
        'run-pilot': /^The pilot is labelled: choose a budget\./,
        'chosen-reason': /2\.1 points above random/,
        'policy-row-auto': /Automatic, takes AI error/,
        'policy-row-ai-error': /\+2\.1 points \(\+1\.0 to \+3\.2\) more than chance/,
        'policy-row-ppm-unlimited': /\+0\.5 points .* may be chance/,
        'prediction-fit': /Linear \(better than the mean\).*0\.61.*Quadratic \(no better/,
        'curve-notes': /Few prompts/,
      },
      ['curve-stale', 'nothing-beats-random'],
    ],
    [
      'a run',
      { routing: 'routed' },
      {
        'run-policy': /^Automatic \(AI error\)$/,
        'run-fitted': /^60 labels$/,
        'run-when': /on request, routed again 2 times$/,
        'run-tags': /law \(14\) \+0\.112 more.*\+0\.044 more$/,
        'run-tags-least': /^token length .*-0\.058 less.*-0\.025 less$/,
        audit: /AI right 74% 95% interval 64–84%/,
        tagging: /safety concern by likeness to examples/,
        'routed-items': /drawn for the pilot/,
      },
      ['run-pilot', 'audit-drift'],
    ],
    [
      'nothing beats random',
      { routing: 'curve', noise: true },
      {
        'nothing-beats-random': /Nothing beats a draw by lot/,
        'policy-row-auto': /takes Random.*no policy was better than random/,
      },
      [],
    ],
    [
      'people only',
      { peopleOnly: true },
      { 'people-only': /Nobody but people can label these/ },
      ['side-reward'],
    ],
    [
      'no reward model',
      { model: false },
      { 'side-not-ready': /No reward model is ready/ },
      ['people-only'],
    ],
  ];

  test.each(STATES)('%s', async (_, options, expected, absent) => {
    await open(options);
    for (const [part, words] of Object.entries(expected)) {
      await waitFor(() => expect(text(part)).toMatch(words));
    }
    for (const part of absent) expect(screen.queryByTestId(part)).toBeNull();
  });

  test('an empty study says so', async () => {
    const backend = new FakeBackend({ open: 0, latencyMs: 0 });
    const study = await backend.overview();
    const none = vi.fn();
    render(Routing, { backend, study, changed: none, leave: none, annotate: none });
    expect(await find('routing-empty')).toHaveTextContent('nothing to route');
  });

  test.each([
    [{}, false],
    [{ routing: 'pilot' }, false],
    [{ routing: 'labelled' }, true],
    [{ routing: 'labelled', peopleOnly: true }, false],
  ] as [Partial<FakeOptions>, boolean][])('%j: the curve can be computed: %s', async (options, can) => {
    await open(options);
    expect(id('curve-compute').hasAttribute('disabled')).toBe(!can);
  });

  test('it says what failed, and tries again', async () => {
    const backend = new FakeBackend({ open: 40, latencyMs: 0 });
    const routing = vi.spyOn(backend, 'routing');
    routing.mockRejectedValueOnce({ code: 'io', message: 'The file cannot be read.', hint: null });
    const study = await backend.overview();
    const none = vi.fn();
    render(Routing, { backend, study, changed: none, leave: none, annotate: none });
    expect(await find('error')).toHaveTextContent('The file cannot be read.');
    await userEvent.setup().click(screen.getByRole('button', { name: 'Try again' }));
    await find('pilot');
    expect(screen.queryByTestId('error')).toBeNull();
  });

  test('what failed in the background is told', async () => {
    const backend = new FakeBackend({ open: 40, latencyMs: 0, routing: 'routed' });
    const view = await backend.routing();
    const background_error = { code: 'io', message: 'The disk is full.', hint: null };
    vi.spyOn(backend, 'routing').mockResolvedValue({ ...view, background_error });
    const study = await backend.overview();
    const none = vi.fn();
    render(Routing, { backend, study, changed: none, leave: none, annotate: none });
    expect(await find('background-error')).toHaveTextContent('The disk is full.');
  });
});

describe('from nothing to a routing', () => {
  test('by the keyboard alone', async () => {
    const { backend, user, changed } = await open();
    const pilot = vi.spyOn(backend, 'startPilot');
    id('pilot-size').focus();
    await user.clear(id('pilot-size'));
    await user.keyboard('80{Tab}{Enter}');
    await waitFor(() => expect(id('routing-notice')).toHaveTextContent('80 items drawn'));
    expect(pilot).toHaveBeenCalledExactlyOnceWith(80);
    await find('run-pilot');
    await waitFor(() => expect(changed).toHaveBeenCalled());
  });

  test('a size that is none is refused in words', async () => {
    const { user } = await open();
    await user.clear(id('pilot-size'));
    expect(id('pilot-size')).toHaveAttribute('aria-invalid', 'true');
    expect(id('pilot')).toHaveTextContent('A whole number from 1 to 120 is needed.');
    expect(id('pilot-draw')).toBeDisabled();
    await user.type(id('pilot-size'), '121');
    expect(id('pilot-draw')).toBeDisabled();
  });

  test('who labels the pilot goes on from here', async () => {
    const { user, annotate } = await open({ routing: 'pilot' });
    await user.type(id('annotator-name'), 'Ada{Enter}');
    await waitFor(() =>
      expect(annotate).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'Ada' })),
    );
  });

  test('the curve appears once it is computed', async () => {
    const { user } = await open({ routing: 'labelled' });
    await user.click(id('curve-compute'));
    await find('plot-curve');
    expect(id('routing-notice')).toHaveTextContent('The budget curve is computed.');
    expect(await screen.findByRole('img', { name: /Agreement with people’s majority from 74\.2%/ })).toBeInTheDocument();
  });

  test('confirming names what follows, and routes', async () => {
    const { backend, user } = await open({ routing: 'curve' });
    const routing = vi.spyOn(backend, 'startRouting');
    await fireEvent.input(id('budget-slider'), { target: { value: '60' } });
    await user.click(id('policy-value'));
    await user.click(id('route-open'));
    const dialog = await find('confirm');
    for (const words of [
      'Route 72 items to people?',
      'People label 72 items; 72 of them are still to be done.',
      'The other 48 items are labelled by: Reward model.',
      'Agreement of the labels with people’s majority is expected to be',
      'Chosen by: Value',
      'After every 50 new labels',
    ]) {
      expect(dialog).toHaveTextContent(words);
    }
    expect(text('confirm-notes')).toBe('To know when reading this: Few prompts.');
    expect(routing).not.toHaveBeenCalled();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('confirm')).toBeNull());
    expect(routing).not.toHaveBeenCalled();

    await user.click(id('route-open'));
    await user.click(await find('route-run'));
    await waitFor(() => expect(id('run-policy')).toHaveTextContent('Value'));
    expect(routing).toHaveBeenCalledExactlyOnceWith('value', '60%');
    expect(id('routing-notice')).toHaveTextContent('Routed: 72 items to people, 48 to the AI.');
    await waitFor(() =>
      expect(within(id('run')).getByRole('heading', { name: 'Routing in force' })).toHaveFocus(),
    );
  });

  test('Enter in the confirmation routes, but not one that is still held', async () => {
    const { backend, user } = await open({ routing: 'curve' });
    const routing = vi.spyOn(backend, 'startRouting');
    id('route-open').focus();
    await user.keyboard('{Enter}');
    expect(await find('route-run')).toHaveFocus();
    expect(await fireEvent.keyDown(id('route-run'), { key: 'Enter', repeat: true })).toBe(false);
    expect(routing).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(routing).toHaveBeenCalledOnce());
  });

  test('one that fails says why, and nothing has changed', async () => {
    const { user } = await open({ routing: 'curve', failJobs: true });
    await user.click(id('route-open'));
    await user.click(await find('route-run'));
    const dialog = await find('job');
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('ran out of memory');
    await user.click(within(dialog).getAllByRole('button', { name: /Close/ })[0]!);
    expect(await find('run-pilot')).toBeInTheDocument();
  });
});

describe('the budget', () => {
  const inner = 480 - FRAME.left - FRAME.right;
  const x = (percent: number) => FRAME.left + (inner * percent) / 100;

  const point = (type: string, clientX: number, button = 0) =>
    fireEvent(
      id('budget-handle'),
      // jsdom's pointer events have no place.
      new MouseEvent(type, { bubbles: true, clientX, clientY: 200, button }),
    );

  test('is dragged on the plot', async () => {
    await open({ routing: 'curve' });
    await find('budget-handle');
    await point('pointerdown', x(40));
    expect(id('budget-slider')).toHaveValue('40');
    await point('pointermove', x(73));
    expect(text('routing-budget')).toBe('73% · 88 of 120 items');
    expect(text('cost-items')).toMatch(/^88 0 labelled already, 88 to do/);
    await point('pointermove', 2000);
    expect(id('budget-slider')).toHaveValue('100');
    expect(id('budget-slider')).not.toHaveFocus();
    await point('pointerup', 2000);
    expect(id('budget-slider')).toHaveFocus();
    await point('pointermove', x(10));
    expect(id('budget-slider')).toHaveValue('100');
  });

  test('another button does not drag', async () => {
    await open({ routing: 'curve' });
    await find('budget-handle');
    await point('pointerdown', x(90), 2);
    expect(id('budget-slider')).toHaveValue('25');
  });

  test('is set by the slider, which says what it buys', async () => {
    await open({ routing: 'curve' });
    const slider = screen.getByRole('slider', { name: 'Budget for people' });
    expect(slider).toHaveAttribute('aria-valuetext', '25%, agreement with people’s majority 78.9%');
    await fireEvent.input(slider, { target: { value: '100' } });
    expect(slider).toHaveAttribute('aria-valuetext', '100%, agreement with people’s majority 93.1%');
    expect(text('expected-labels')).toMatch(/^Agreement with people’s majority\s?93\.1% 91–95%\s?74\.2%/);
  });

  test('costs time and money', async () => {
    const { user, backend } = await open({ routing: 'curve' });
    expect(text('cost-price')).toMatch(/no price set/);
    await user.type(id('routing-price_per_hour'), '30{Tab}');
    await waitFor(() => expect(text('cost-price')).toMatch(/^EUR 20\.75 EUR 30\.00 an hour/));
    expect((await backend.overview()).settings.routing.price_per_hour).toBe(30);
    await user.type(id('routing-seconds_per_label'), '90{Tab}');
    await waitFor(() => expect(text('cost-time')).toMatch(/^1 h 30 min 60 labels, 2 min each, as set/));
  });

  test('below the pilot it says that the pilot stays', async () => {
    await open({ routing: 'curve' });
    expect(text('budget-above')).toMatch(/^People keep the pilot/);
    await fireEvent.input(id('budget-slider'), { target: { value: '80' } });
    expect(text('budget-above')).toBe('');
  });

  test('another measure has its own curve', async () => {
    const { user } = await open({ routing: 'curve' });
    await user.click(id('measure-reward'));
    await screen.findByRole('img', { name: /^Reward-model accuracy from 66\.4%/ });
    await user.click(id('plot-curve-table'));
    expect(within(id('plot-curve')).getAllByRole('row')).toHaveLength(12);
  });
});

describe('what a budget means', () => {
  test('auto takes another policy with another budget', async () => {
    await open({ routing: 'curve' });
    expect(text('policy-row-auto')).toMatch(/takes AI error.*2\.1 points above random/);
    await fireEvent.input(id('budget-slider'), { target: { value: '97' } });
    expect(text('policy-row-auto')).toMatch(/takes Random.*no policy is better with this budget/);
  });

  test('a policy that leaves some of the budget says what it would spend', async () => {
    const { backend, user } = await open({ routing: 'curve' });
    const routing = vi.spyOn(backend, 'startRouting');
    await user.click(id('policy-ppm-unlimited'));
    await fireEvent.input(id('budget-slider'), { target: { value: '100' } });
    // The pilot of 60 is more than the 54 that it would spend.
    expect(text('routing-budget')).toBe('up to 100% · would spend 45%, 60 of 120 items');
    expect(id('budget-slider').getAttribute('aria-valuetext')).toMatch(/^up to 100%, would spend 45%/);
    expect(text('cost-items')).toMatch(/^60 /);
    await user.click(id('route-open'));
    expect(await find('confirm')).toHaveTextContent('People label 60 items; 60 of them');
    expect(text('confirm-leaves')).toMatch(/up to 100% and is expected to spend 45%/);
    await user.click(id('route-run'));
    await waitFor(() => expect(routing).toHaveBeenCalledExactlyOnceWith('ppm-unlimited', '100%'));
  });
});

/** The page of a study whose routing and overview are changed. */
async function changedBy(
  routing: (view: RoutingView) => Partial<RoutingView>,
  overview: Partial<StudyOverview> = {},
  stage: FakeOptions['routing'] = 'routed',
) {
  const backend = new FakeBackend({ open: 120, latencyMs: 0, jobMs: 20, routing: stage });
  const view = await backend.routing();
  vi.spyOn(backend, 'routing').mockResolvedValue({ ...view, ...routing(view) });
  const study = { ...(await backend.overview()), ...overview };
  const none = vi.fn();
  render(Routing, { backend, study, changed: none, leave: none, annotate: none });
  await find('pilot');
}

describe('where imported labels serve as the pilot', () => {
  const reason = 'people’s labels of 82 items came with the data and serve as the pilot';
  const serve = ({ pilot }: RoutingView) => ({
    pilot: { ...pilot, proposed: 0, reason, imported: 82 },
  });

  test.each([
    ['en', 'On labelled items'],
    ['de', 'Soweit bewertet'],
  ] as const)('%s: none is drawn unless a size is typed', async (language, accuracy) => {
    i18n.set(language);
    await changedBy(serve, {}, 'none');
    expect(id('pilot-draw')).toBeDisabled();
    expect(text('pilot-hint')).toContain(reason);
    expect(id('pilot-size')).not.toHaveAttribute('aria-invalid');
    expect(id('sides')).toHaveTextContent(accuracy);
    const user = userEvent.setup();
    await user.clear(id('pilot-size'));
    expect(id('pilot-size')).toHaveAttribute('aria-invalid', 'true');
    await user.type(id('pilot-size'), '20');
    expect(id('pilot-draw')).toBeEnabled();
  });
});

test.each([
  ['pilot', /^Die Pilotstichprobe wird bewertet/],
  ['labelled', /^Die Pilotstichprobe ist bewertet: Jetzt die Kurve berechnen/],
  ['curve', /^Die Pilotstichprobe ist bewertet: Jetzt ein Budget wählen/],
] as const)('de, %s: what is next is said', async (routing, words) => {
  i18n.set('de');
  await open({ routing });
  expect(text('run-pilot')).toMatch(words);
});

test('in German the dialog tells what the curve rests on, and the page what goes by lot', async () => {
  i18n.set('de');
  const { user } = await open({ routing: 'curve' });
  expect(text('by-lot')).toMatch(/^Stichprobe und Kontrolle, 52\s% der Vergleiche, bestimmt das Los/);
  await user.click(id('route-open'));
  await find('confirm');
  expect(text('confirm-notes')).toBe('Beim Lesen zu wissen: Few prompts.');
});

test('without notes the dialog has none', async () => {
  await changedBy(({ curve }) => ({ curve: { ...curve!, notes: [] } }));
  await userEvent.setup().click(id('route-open'));
  await find('confirm');
  expect(screen.queryByTestId('confirm-notes')).toBeNull();
});

describe('what is in force', () => {
  const LESS = /People agree with the AI less .* later half of the labels: on 60%, before on 80%/;
  const MORE = /People agree with the AI more .* later half of the labels: on 80%, before on 60%/;

  test.each([
    ['en', 0.8, 0.6, 0.0009, LESS],
    ['en', 0.6, 0.8, 0.0009, MORE],
    ['en', 0.8, 0.6, 0.001, null],
    ['en', 0.8, 0.6, 0.04, null],
    ['de', 0.8, 0.6, 0.0009, /stimmen Menschen der KI seltener zu: bei 60\s%, vorher bei 80\s%/],
    ['de', 0.6, 0.8, 0.0009, /stimmen Menschen der KI häufiger zu: bei 80\s%, vorher bei 60\s%/],
  ] as const)('%s: agreement from %d to %d at p %d', async (language, earlier, later, p, words) => {
    i18n.set(language);
    const drift = { earlier, later, p, items: 60 };
    await changedBy(({ audit }) => ({ audit: { ...audit, drift } }));
    if (words) expect(text('audit-drift')).toMatch(words);
    else expect(screen.queryByTestId('audit-drift')).toBeNull();
  });

  test('the AI’s items are those routed to it, not the rest', async () => {
    await changedBy(({ run }) => ({ run: { ...run!, human: 60, ai: 41 } }));
    expect(text('run')).toMatch(/41 items for the AI/);
  });

  test.each([
    [82, 121, true],
    [82, 82, false],
    [0, 121, false],
  ])('%d imported, %d waiting: said that they are asked for last: %s', async (imported, waiting, said) => {
    await changedBy(({ run }) => ({ run: { ...run!, human: 122, labelled: 40 } }), {
      human_labelled: imported,
      annotated: 0,
      waiting,
    });
    expect(screen.queryByTestId('run-imported') !== null).toBe(said);
  });

  test.each(['en', 'de'] as const)('%s: every way of tagging has a name', async (language) => {
    i18n.set(language);
    const ways = ['rules', 'likeness', 'none', 'imported', 'measured', 'own'];
    await changedBy(({ tagging }) => ({
      tagging: { ...tagging!, dimensions: ways.map((how, at) => [`dimension ${at}`, how]) },
    }));
    const named = [...id('tagging').querySelectorAll('dd')].map((one) => one.textContent);
    expect(named.map((name, at) => name === ways[at])).toEqual(
      ways.map((how) => language === 'en' && how === 'measured'),
    );
  });
});

describe('a curve that is old', () => {
  test('says so, and is computed again', async () => {
    const { backend, user } = await open({ routing: 'curve' });
    const view = await backend.routing();
    const routing = vi.spyOn(backend, 'routing');
    routing.mockResolvedValue({ ...view, curve: { ...view.curve!, labels_since: 12 } });
    cleanup();
    const none = vi.fn();
    const study = await backend.overview();
    render(Routing, { backend, study, changed: none, leave: none, annotate: none });
    expect(await find('curve-stale')).toHaveTextContent('People have given 12 labels since');
    routing.mockRestore();
    await user.click(id('curve-again'));
    await waitFor(() => expect(screen.queryByTestId('curve-stale')).toBeNull());
  });

  test('is not of the AI side that was chosen since', async () => {
    const { user } = await open({ routing: 'curve' });
    await user.click(id('side-judge large'));
    expect(await find('curve-stale')).toHaveTextContent('another AI side: Reward model');
  });
});

describe('settings', () => {
  test.each([
    ['routing-audit_percent', '5', { audit_percent: 5 }],
    ['routing-reroute_every', '0', { reroute_every: 0 }],
    ['routing-seconds_per_label', '12.5', { seconds_per_label: 12.5 }],
    ['routing-currency', 'CHF', { currency: 'CHF' }],
    ['routing-tag-fields', ' genre, topic ,genre', { tag_fields: ['genre', 'topic'] }],
  ])('%s %s is kept', async (field, typed, kept) => {
    const { backend, user } = await open();
    await user.clear(id(field));
    await user.type(id(field), `${typed}{Tab}`);
    await waitFor(async () =>
      expect((await backend.overview()).settings.routing).toMatchObject(kept),
    );
  });

  test.each([
    ['routing-audit_percent', '101'],
    ['routing-reroute_every', '1.5'],
    ['routing-seconds_per_label', '0'],
    ['routing-audit_percent', ''],
  ])('%s %j is refused', async (field, typed) => {
    const { backend, user } = await open();
    const saving = vi.spyOn(backend, 'saveRouting');
    await user.clear(id(field));
    await user.type(id(field), `${typed}{Tab}`);
    await waitFor(() => expect(id(field)).toHaveAttribute('aria-invalid', 'true'));
    expect(saving).not.toHaveBeenCalled();
  });

  test('what cannot be kept is shown as it was', async () => {
    const { backend, user } = await open();
    const refusal = { code: 'input', message: 'There is no such judge.', hint: null };
    vi.spyOn(backend, 'saveRouting').mockRejectedValue(refusal);
    await user.click(id('side-judge large'));
    expect(await find('error')).toHaveTextContent('There is no such judge.');
    await waitFor(() => expect(id('side-reward')).toBeChecked());
  });
});

describe('the routed items', () => {
  test('come by pages, for each side', async () => {
    const { backend, user } = await open({ routing: 'routed' });
    const asking = vi.spyOn(backend, 'routedItems');
    const rows = () => id('routed-items').querySelectorAll('tbody tr');
    await waitFor(() => expect(rows()).toHaveLength(20));
    await user.click(id('items-more'));
    await waitFor(() => expect(rows()).toHaveLength(40));
    expect(asking).toHaveBeenLastCalledWith('human', 19, 20);
    await user.click(id('items-more'));
    await waitFor(() => expect(screen.queryByTestId('items-more')).toBeNull());
    expect(rows()).toHaveLength(60);
    await user.click(id('items-ai'));
    await waitFor(() => expect(rows()[0]).toHaveAttribute('data-item', 'ai-0'));
    expect(rows()).toHaveLength(20);
    expect(rows()[0]).toHaveTextContent('the reward model is sure');
  });
});

test('labels show as they arrive, and nothing else is drawn again', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const { backend } = await open({ routing: 'pilot' });
    const before = await screen.findByTestId('side-reward');
    const view = await backend.routing();
    const pilot = { ...view.pilot, labelled: 33 };
    vi.spyOn(backend, 'routing').mockResolvedValue({ ...view, pilot });
    await vi.advanceTimersByTimeAsync(3_100);
    await waitFor(() => expect(text('pilot-progress')).toBe('33 of 60 items labelled'));
    expect(id('side-reward')).toBe(before);
  } finally {
    vi.useRealTimers();
  }
});

/** Answers that come when the test says so. */
function held<T>() {
  const waiting: ((value: T) => void)[] = [];
  return { waiting, ask: () => new Promise<T>((resolve) => waiting.push(resolve)) };
}

test('it looks again only after it was answered', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const { backend } = await open({ routing: 'pilot' });
    const view = await backend.routing();
    const { waiting, ask } = held<RoutingView>();
    const routing = vi.spyOn(backend, 'routing').mockImplementation(ask);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(routing).toHaveBeenCalledOnce();
    waiting[0]!(view);
    await vi.advanceTimersByTimeAsync(2_900);
    expect(routing).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(200);
    expect(routing).toHaveBeenCalledTimes(2);
    cleanup();
    waiting[1]!(view);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(routing).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});

test('an answer that was overtaken is not shown', async () => {
  const { backend, user } = await open({ routing: 'routed' });
  const view = await backend.routing();
  const { waiting, ask } = held<RoutingView>();
  const saving = vi.spyOn(backend, 'saveRouting').mockImplementation(ask);
  const answer = (audit_percent: number) => ({
    ...view,
    settings: { ...view.settings, audit_percent },
  });
  for (const typed of ['5', '7']) {
    await user.clear(id('routing-audit_percent'));
    await user.type(id('routing-audit_percent'), `${typed}{Tab}`);
  }
  await waitFor(() => expect(saving).toHaveBeenCalledTimes(2));
  waiting[1]!(answer(70));
  await waitFor(() => expect(id('routing-audit_percent')).toHaveValue(70));
  waiting[0]!(answer(50));
  await new Promise((resolve) => setTimeout(resolve));
  expect(id('routing-audit_percent')).toHaveValue(70);
});

test('Esc leaves, but not from within the confirmation', async () => {
  const { leave, user } = await open({ routing: 'curve' });
  await user.click(id('route-open'));
  await find('confirm');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByTestId('confirm')).toBeNull());
  expect(leave).not.toHaveBeenCalled();
  await user.keyboard('{Escape}');
  expect(leave).toHaveBeenCalledOnce();
});

test('Esc closes the table first, and a budget that was set stays', async () => {
  const { leave, user } = await open({ routing: 'curve' });
  await fireEvent.input(id('budget-slider'), { target: { value: '73' } });
  await user.click(id('plot-curve-table'));
  expect(id('plot-curve-table')).toHaveAttribute('aria-pressed', 'true');
  id('budget-slider').focus();
  await user.keyboard('{Escape}');
  expect(id('plot-curve-table')).toHaveAttribute('aria-pressed', 'false');
  expect(leave).not.toHaveBeenCalled();
  expect(id('budget-slider')).toHaveValue('73');
  await user.keyboard('{Escape}');
  expect(leave).toHaveBeenCalledOnce();
});

test('all of it in German', async () => {
  i18n.set('de');
  await open({ routing: 'routed' });
  expect(text('policy-row-auto')).toMatch(/Automatisch, nimmt KI-Fehler/);
  expect(text('expected-labels')).toMatch(/81,8\s% 79–85\s%/);
  expect(text('policy-row-ai-error')).toMatch(/\+2,1 Punkte/);
});
