import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import type { ModelView } from '../../ipc/bindings';
import { FakeBackend, type FakeOptions } from '../../ipc/fake';
import Models from './Models.svelte';

const id = (name: string) => screen.getByTestId(name);
const find = (name: string) => screen.findByTestId(name);
const order = () =>
  [...id('providers').querySelectorAll<HTMLElement>('[data-provider]')].map(
    (row) => row.dataset.provider,
  );

async function open(options: Partial<FakeOptions> = {}) {
  const backend = new FakeBackend({ open: 40, latencyMs: 0, jobMs: 20, ...options });
  const [changed, leave] = [vi.fn(), vi.fn()];
  const study = await backend.overview();
  const { rerender } = render(Models, { backend, study, changed, leave });
  changed.mockImplementation((next) => void rerender({ study: next }));
  await find('packs');
  return { backend, changed, leave, user: userEvent.setup() };
}

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  i18n.set('en');
});

describe('states', () => {
  const STATES: [string, Partial<FakeOptions>, Record<string, RegExp>][] = [
    [
      'trained here',
      {},
      {
        'model-running': /minilm.*Trained on this study.*cuda.*libcudart.*directml.*only on Windows/s,
        'model-learning': /Labels by people 340 Since the last training 34 .*in the background/s,
        'model-quality': /Accuracy 76% 95% interval 71% to 80%.*Ceiling 88%.*0\.183.*1\.34/s,
      },
    ],
    [
      'as it came',
      { trainings: 0 },
      {
        'model-running': /Came with the pack/,
        'model-trained': /never/,
        'model-quality': /Not measured yet/,
        'model-history': /begins with the first training/,
      },
    ],
    [
      'without labels',
      { labels: 0 },
      {
        'no-labels': /Nobody has compared anything/,
        'model-quality': /once people have compared some pairs/,
      },
    ],
    [
      'an encoder without a head',
      { modality: 'image' },
      {
        'no-head': /efficientnet-lite0 has no head yet.*Train one on people’s labels/s,
        'model-running': /Head\s?None yet/,
        'model-learning': /Train now/,
      },
    ],
    [
      'no model on this machine',
      { model: false },
      { 'model-running': /minilm \(not on this machine\).*No reward model is installed/s },
    ],
    ['an empty study', { open: 0 }, { 'models-empty': /is empty/, packs: /minilm/ }],
  ];

  test.each(STATES)('%s', async (_, options, expected) => {
    await open(options);
    for (const [part, words] of Object.entries(expected)) {
      expect(id(part).textContent?.replace(/\s+/g, ' ')).toMatch(words);
    }
  });

  const BUTTONS: [string, Partial<FakeOptions>, boolean, boolean][] = [
    ['trained here', {}, true, true],
    ['without labels', { labels: 0 }, false, false],
    ['no model', { model: false }, false, false],
    ['no head yet', { modality: 'music' }, true, false],
  ];
  test.each(BUTTONS)('what can be done: %s', async (_, options, train, measure) => {
    await open(options);
    expect(id('train').hasAttribute('disabled')).toBe(!train);
    expect(id('measure').hasAttribute('disabled')).toBe(!measure);
  });

  test('a finished model has nothing to train', async () => {
    const { user } = await open();
    await user.selectOptions(id('pack'), 'deberta-small-rm');
    await waitFor(() => expect(id('model-head')).toHaveTextContent('a finished model'));
    expect(screen.queryByTestId('train')).toBeNull();
    expect(screen.queryByTestId('retrain-every')).toBeNull();
    expect(id('measure')).toBeEnabled();
  });
});

test('it says that it looks, and what failed, and tries again', async () => {
  const backend = new FakeBackend({ open: 40, latencyMs: 0 });
  const models = vi.spyOn(backend, 'models');
  models.mockRejectedValueOnce({ code: 'io', message: 'The folder cannot be read.', hint: null });
  const study = await backend.overview();
  render(Models, { backend, study, changed: vi.fn(), leave: vi.fn() });
  expect(id('models-loading')).toBeInTheDocument();
  expect(await find('error')).toHaveTextContent('The folder cannot be read.');
  expect(screen.queryByTestId('models-loading')).toBeNull();
  await userEvent.setup().click(screen.getByRole('button', { name: 'Try again' }));
  expect(await find('model-running')).toBeInTheDocument();
  expect(screen.queryByTestId('error')).toBeNull();
});

test('a run in which nothing had to be embedded says so', async () => {
  const backend = new FakeBackend({ open: 40, latencyMs: 0 });
  const view = await backend.models();
  const last_run = {
    ended_at: '2025-05-08T14:01:00Z',
    items: 40,
    items_per_s: 2606.2,
    runtime_share: 0,
    provider: 'cpu',
    skipped: ['cuda: failed after 12 items'],
  };
  const [text] = view.models;
  vi.spyOn(backend, 'models').mockResolvedValue({ ...view, models: [{ ...text!, last_run }] });
  const study = await backend.overview();
  render(Models, { backend, study, changed: vi.fn(), leave: vi.fn() });
  expect(await find('model-speed')).toHaveTextContent(/^2,606 items a second every embedding was/);
  // What only that run met stands below what does not run here at all.
  expect(screen.getAllByTestId('skipped').map((one) => one.textContent)).toEqual([
    expect.stringContaining('libcudart'),
    expect.stringMatching(/In the last run.*failed after 12 items/),
  ]);
});

describe('what a model view tells', () => {
  async function show(change: (model: ModelView) => ModelView, options: Partial<FakeOptions> = {}) {
    const backend = new FakeBackend({ open: 40, latencyMs: 0, ...options });
    const view = await backend.models();
    const models = view.models.map(change);
    vi.spyOn(backend, 'models').mockResolvedValue({ ...view, models });
    const study = await backend.overview();
    render(Models, { backend, study, changed: vi.fn(), leave: vi.fn() });
    await find('model-running');
  }

  test.each([
    ['en', /another model count: other 12ab34cd/],
    ['de', /anderen Modells: other 12ab34cd/],
  ] as const)('%s: another model is in force', async (language, words) => {
    i18n.set(language);
    await show((model) => ({ ...model, in_force: 'other 12ab34cd' }));
    expect(id('in-force')).toHaveTextContent(words);
  });

  test.each([
    [true, 1],
    [false, 0],
  ])('worse than chance %s: %d warnings', async (worse_than_chance, warnings) => {
    await show((model) => ({ ...model, quality: { ...model.quality!, worse_than_chance } }));
    expect(screen.queryAllByTestId('worse-than-chance')).toHaveLength(warnings);
  });

  test('a head that is still to be trained is no alarm, in German words', async () => {
    i18n.set('de');
    await show((model) => model, { modality: 'music' });
    expect(id('no-head')).toHaveTextContent('musicnn hat noch keinen Kopf');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('what has no length is not compared with it', async () => {
    await show((model) => ({ ...model, quality: { ...model.quality!, length_only: null } }));
    expect(id('plot-accuracy')).not.toHaveTextContent('length');
    expect(id('plot-accuracy')).toHaveTextContent('Accuracy');
  });
});

describe('several modalities', () => {
  test('are tabs, changed by arrow keys', async () => {
    const { user } = await open({ modality: 'mixed' });
    const tabs = screen.getAllByRole('tab');
    expect(tabs.map((tab) => tab.textContent?.trim())).toEqual([
      'Text (20)',
      'Images (10)',
      'Music (10)',
    ]);
    await user.click(id('tab-text'));
    await user.keyboard('{ArrowRight}');
    expect(id('tab-image')).toHaveFocus();
    expect(id('pack')).toHaveValue('efficientnet-lite0');
    await user.keyboard('{End}');
    expect(screen.getByRole('tabpanel', { name: /Music/ })).toContainElement(id('pack'));
    expect(id('pack')).toHaveValue('musicnn');
    await user.keyboard('{ArrowRight}');
    expect(id('tab-text')).toHaveFocus();
  });

  test('each is trained for itself', async () => {
    const { backend, user } = await open({ modality: 'mixed' });
    const training = vi.spyOn(backend, 'startTraining');
    await user.click(id('tab-image'));
    await user.click(id('train'));
    await waitFor(() => expect(id('models-notice')).toHaveTextContent('Trained on 340 labels'));
    expect(training).toHaveBeenCalledExactlyOnceWith('image');
    expect(id('pack')).toHaveValue('efficientnet-lite0');
    await waitFor(() => expect(id('model-head')).toHaveTextContent('Trained on this study'));
    expect(id('model-scored')).toHaveTextContent('9 of 10');
    expect(screen.queryByText('Length difference')).toBeNull();
  });
});

describe('jobs', () => {
  test('training adds a point, and its figures', async () => {
    const { user, changed } = await open();
    const hash = id('model-hash').textContent;
    await user.click(id('train'));
    await waitFor(() =>
      expect(id('models-notice')).toHaveTextContent('Trained on 340 labels: accuracy 76%.'),
    );
    await waitFor(() => expect(id('model-labels-since')).toHaveTextContent('0'));
    expect(id('model-hash').textContent).not.toBe(hash);
    expect(id('model-trained')).toHaveTextContent('on request');
    await user.click(id('plot-history-table'));
    expect(within(id('plot-history')).getAllByRole('row')).toHaveLength(8);
    expect(changed).toHaveBeenLastCalledWith(expect.objectContaining({ scored: 40 }));
  });

  test('measuring shows how good it is', async () => {
    const { user } = await open({ trainings: 0 });
    expect(id('no-quality')).toBeInTheDocument();
    await user.click(id('measure'));
    await find('plot-reliability');
    expect(id('models-notice')).toHaveTextContent('Measured on 292 pairs');
    expect(id('model-quality')).toHaveTextContent('the model was not trained here');
  });

  test('one that fails says why, and nothing has changed', async () => {
    const { user } = await open({ failJobs: true });
    await user.click(id('train'));
    const dialog = await find('job');
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('ran out of memory');
    await user.click(within(dialog).getAllByRole('button', { name: /Close/ })[0]!);
    await waitFor(() => expect(screen.queryByTestId('job')).toBeNull());
    expect(id('model-labels-since')).toHaveTextContent('34');
    expect(id('models-notice').textContent).toBe('');
    expect(id('train')).toBeEnabled();
  });

  test('one that is cancelled says so', async () => {
    const { user } = await open({ jobMs: 60_000 });
    await user.click(id('train'));
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    await screen.findByText(/Cancelled/);
    await user.click(screen.getAllByRole('button', { name: /^Close/ })[0]!);
    await waitFor(() => expect(screen.queryByTestId('job')).toBeNull());
    expect(id('model-labels-since')).toHaveTextContent('34');
  });

  test('one that cannot begin says why', async () => {
    const { backend, user } = await open();
    const refusal = { code: 'too_few_labels', message: 'Too few labels.', hint: null };
    vi.spyOn(backend, 'startTraining').mockRejectedValue(refusal);
    await user.click(id('train'));
    expect(await find('error')).toHaveTextContent('Too few labels.');
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByTestId('error')).toBeNull();
  });
});

describe('packs', () => {
  test.each(['folder', 'file'] as const)('a %s is added, checked and used', async (kind) => {
    const { backend, changed, user } = await open();
    const adding = vi.spyOn(backend, 'addPack');
    await user.click(id(`pack-add-${kind}`));
    const dialog = await find('pack-added');
    expect(adding).toHaveBeenCalledExactlyOnceWith(kind);
    for (const words of ['logits [batch, 1]', '84 short inputs', '6 checked', '1 warning']) {
      expect(dialog).toHaveTextContent(words);
    }
    await waitFor(() => expect(id('packs')).toHaveTextContent('house-style-rm'));
    await user.click(id('pack-use'));
    await waitFor(() => expect(id('pack')).toHaveValue('house-style-rm'));
    const packs = { text: 'house-style-rm', image: 'efficientnet-lite0', music: 'musicnn' };
    const settings = expect.objectContaining({ packs });
    await waitFor(() => expect(changed).toHaveBeenLastCalledWith(expect.objectContaining({ settings })));
  });

  test('nothing happens when no file was chosen', async () => {
    const { backend, user } = await open();
    vi.spyOn(backend, 'addPack').mockResolvedValue(null);
    await user.click(id('pack-add-file'));
    expect(screen.queryByTestId('job')).toBeNull();
    expect(screen.queryByTestId('error')).toBeNull();
  });

  test('one that cannot be used says why and cannot be chosen', async () => {
    await open();
    expect(id('packs')).toHaveTextContent('model.onnx.data, which is not in the pack');
    expect(within(id('pack')).getByRole('option', { name: /pair-ranker/ })).toBeDisabled();
    expect(within(id('pack')).queryByRole('option', { name: /musicnn/ })).toBeNull();
  });

  test('a choice that fails leaves the one before', async () => {
    const { backend, user } = await open();
    const refusal = { code: 'reward_model', message: 'It does not load.', hint: null };
    vi.spyOn(backend, 'choosePack').mockRejectedValue(refusal);
    await user.selectOptions(id('pack'), 'deberta-small-rm');
    expect(await find('error')).toHaveTextContent('It does not load.');
    await waitFor(() => expect(id('pack')).toHaveValue('minilm'));
  });
});

describe('the retraining setting', () => {
  test.each([
    ['120', 120],
    ['0', 0],
  ])('%s is kept', async (typed, kept) => {
    const { backend, user } = await open();
    await user.clear(id('retrain-every'));
    await user.type(id('retrain-every'), `${typed}{Tab}`);
    await waitFor(async () =>
      expect((await backend.overview()).settings.retrain_every).toBe(kept),
    );
  });

  test.each(['', '-3', '1.5', '200000'])('"%s" is not', async (typed) => {
    const { backend, user } = await open();
    const saving = vi.spyOn(backend, 'saveSettings');
    await user.clear(id('retrain-every'));
    await user.type(id('retrain-every'), typed === '' ? '{Tab}' : `${typed}{Tab}`);
    expect(id('retrain-every')).toHaveAttribute('aria-invalid', 'true');
    expect(id('model-learning')).toHaveTextContent('whole number from 0 to 100,000');
    expect(saving).not.toHaveBeenCalled();
  });

  test.each([
    ['is looked at again', false, '120'],
    ['is left alone while it is being edited', true, '7'],
  ])('changed elsewhere, it %s', async (_, editing, shown) => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const { backend, user } = await open();
      if (editing) {
        await user.clear(id('retrain-every'));
        await user.type(id('retrain-every'), '7');
      }
      const { settings } = await backend.overview();
      await backend.saveSettings({ ...settings, retrain_every: 120 });
      await vi.advanceTimersByTimeAsync(11_000);
      expect(id('retrain-every')).toHaveDisplayValue(shown);
    } finally {
      vi.useRealTimers();
    }
  });

  test('keeps what another program changed besides', async () => {
    const { backend, user } = await open();
    const { settings } = await backend.overview();
    await backend.saveSettings({ ...settings, question: 'Which is kinder?' });
    await user.clear(id('retrain-every'));
    await user.type(id('retrain-every'), '70{Tab}');
    await waitFor(async () =>
      expect((await backend.overview()).settings).toMatchObject({
        retrain_every: 70,
        question: 'Which is kinder?',
      }),
    );
  });

  test('keeps the pack that was chosen before', async () => {
    const { backend, user } = await open();
    await user.selectOptions(id('pack'), 'deberta-small-rm');
    await waitFor(() => expect(id('model-head')).toHaveTextContent('finished'));
    await user.selectOptions(id('pack'), 'minilm');
    await find('retrain-every');
    await user.selectOptions(id('pack'), 'minilm');
    await user.clear(id('retrain-every'));
    await user.type(id('retrain-every'), '70{Tab}');
    await waitFor(async () =>
      expect((await backend.overview()).settings).toMatchObject({
        retrain_every: 70,
        packs: { text: 'minilm' },
      }),
    );
  });
});

describe('execution providers', () => {
  test('are put in order by keys alone', async () => {
    const { backend, user } = await open();
    const keeping = vi.spyOn(backend, 'setProviders');
    expect(order()).toEqual(['cuda', 'directml', 'coreml', 'cpu']);
    expect(screen.queryByTestId('provider-up-cpu')).toBeNull();
    id('providers-auto').focus();
    await user.keyboard('{ArrowDown}');
    expect(id('providers-own')).toBeChecked();
    id('provider-up-cpu').focus();
    await user.keyboard('{Enter}');
    expect(id('provider-up-cpu')).toHaveFocus();
    expect(screen.getByText('cpu: 3 of 4')).toHaveAttribute('role', 'status');
    await user.keyboard('{Alt>}{ArrowUp}{ArrowUp}{/Alt}');
    // At the top there is no earlier place: the focus goes to the button that still works.
    await waitFor(() => expect(id('provider-down-cpu')).toHaveFocus());
    expect(order()).toEqual(['cpu', 'cuda', 'directml', 'coreml']);
    id('provider-use-coreml').focus();
    await user.keyboard(' ');
    await user.click(id('providers-apply'));
    expect(keeping).toHaveBeenCalledExactlyOnceWith(['cpu', 'cuda', 'directml']);
    await waitFor(() => expect(screen.queryByTestId('providers-apply')).toBeNull());
    expect(order()).toEqual(['cpu', 'cuda', 'directml', 'coreml']);
  });

  test('what was not applied is taken back', async () => {
    const { user } = await open();
    await user.click(id('providers-own'));
    await user.click(id('provider-down-cuda'));
    await user.click(id('providers-reset'));
    expect(id('providers-auto')).toBeChecked();
    expect(order()[0]).toBe('cuda');
  });

  test('cpu is always tried', async () => {
    const { user } = await open();
    await user.click(id('providers-own'));
    expect(id('provider-use-cpu')).toBeDisabled();
  });
});

test('parts are chosen by what they are by', async () => {
  const { user } = await open();
  await user.click(id('plot-slices-table'));
  await user.selectOptions(id('slices-by'), 'strength');
  const rows = within(id('plot-slices')).getAllByRole('rowheader');
  expect(rows.map((row) => row.textContent)).toEqual([
    'slightly better',
    'clearly better',
    'much better',
  ]);
});

test('Esc leaves, but not out of a dialog', async () => {
  const { leave, user } = await open();
  await user.click(id('pack-add-folder'));
  await find('pack-added');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByTestId('pack-added')).toBeNull());
  expect(leave).not.toHaveBeenCalled();
  await user.keyboard('{Escape}');
  expect(leave).toHaveBeenCalledTimes(1);
});

describe('looking by itself', () => {
  beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => void vi.useRealTimers());

  test('a head that was trained in the background appears', async () => {
    const { backend } = await open();
    const views = vi.spyOn(backend, 'models');
    const later = await new FakeBackend({ open: 40, latencyMs: 0, labels: 390 }).models();
    views.mockResolvedValue(later);
    await vi.advanceTimersByTimeAsync(11_000);
    await waitFor(() => expect(id('model-labels')).toHaveTextContent('390'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(views.mock.calls.length).toBeGreaterThan(1);
  });

  test('the next look waits for the reply', async () => {
    const { backend } = await open();
    const views = vi.spyOn(backend, 'models').mockReturnValue(new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(views).toHaveBeenCalledTimes(1);
  });

  test('a reply that was overtaken is dropped', async () => {
    const { backend } = await open();
    const old = await new FakeBackend({ open: 40, latencyMs: 0, labels: 390 }).models();
    let reply: (view: typeof old) => void = () => {};
    vi.spyOn(backend, 'models').mockReturnValueOnce(new Promise((done) => (reply = done)));
    await vi.advanceTimersByTimeAsync(11_000);
    const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
    await user.click(id('providers-own'));
    await user.click(id('provider-up-cpu'));
    await user.click(id('providers-apply'));
    await waitFor(() => expect(screen.queryByTestId('providers-apply')).toBeNull());
    reply(old);
    await vi.advanceTimersByTimeAsync(100);
    expect(id('model-labels')).not.toHaveTextContent('390');
  });
});

test('all of it is there in German', async () => {
  i18n.set('de');
  await open();
  expect(id('model-quality')).toHaveTextContent('Genauigkeit 76 % 95-%-Intervall 71 % bis 80 %');
  expect(id('providers')).toHaveTextContent('Ausführungswege');
});
