/** The reward models of the fake: numbers as they come out of some hundred judgments. */
import type {
  IntervalView,
  JobResult,
  ModalityCounts,
  ModelsView,
  ModelView,
  PackAddedView,
  PackChoice,
  PackView,
  ProviderView,
  QualityView,
  SliceView,
  TrainingPoint,
  UserError,
} from './bindings';
import type { FakeOptions } from './fake-settings';

const MODALITIES = ['text', 'image', 'music'] as const;
type Modality = (typeof MODALITIES)[number];

const PROVIDERS: ProviderView[] = [
  { name: 'cuda', reason: 'libcudart.so.12 is not installed' },
  { name: 'directml', reason: 'only on Windows' },
  { name: 'coreml', reason: 'only on macOS' },
  { name: 'cpu', reason: null },
];

const missing = (what: string): UserError => ({
  code: 'model_missing',
  message: what,
  hint: 'Run `cargo xtask setup`, or annotate without one.',
});

const pack = (name: string, description: string, change: Partial<PackView> = {}): PackView => ({
  name,
  description,
  modality: 'text',
  kind: 'encoder',
  licence: 'Apache-2.0',
  has_head: false,
  error: null,
  ...change,
});

const PACKS: PackView[] = [
  pack('minilm', 'all-MiniLM-L6-v2, 384 numbers a text, int8', { has_head: true }),
  pack('deberta-small-rm', 'DeBERTa v3 small, trained on helpfulness', {
    kind: 'pointwise',
    licence: 'MIT',
  }),
  pack('pair-ranker', 'Cross-encoder over both answers', {
    kind: 'pairwise',
    error: {
      code: 'reward_model',
      message: 'pack.toml names the file model.onnx.data, which is not in the pack.',
      hint: null,
    },
  }),
  pack('half-copied', '', {
    modality: '',
    kind: '',
    licence: '',
    error: {
      code: 'reward_model',
      message: 'half-copied has no pack.toml, and no config.json beside its model.onnx.',
      hint: null,
    },
  }),
  pack('efficientnet-lite0', 'EfficientNet-lite0, 1280 numbers an image', { modality: 'image' }),
  pack('musicnn', 'musicnn MTT, 200 numbers and 50 tags a clip', {
    modality: 'music',
    licence: 'ISC',
  }),
];

const ADDED: PackAddedView = {
  pack: pack('house-style-rm', 'A model of this group, trained on house style', {
    kind: 'pointwise',
  }),
  signature: [
    'in: input_ids [batch, tokens] int64',
    'in: attention_mask [batch, tokens] int64',
    'out: logits [batch, 1] float32',
  ],
  inputs_per_s: 84.3,
  golden: { inputs: 6, largest_difference: 0.000_021 },
  warnings: ['The tokenizer cuts at 512 tokens; the model was trained with 1024.'],
};

/** 95 % by the normal approximation: good enough for a picture. */
function share(value: number, n: number): IntervalView {
  const half = 1.96 * Math.sqrt((value * (1 - value)) / Math.max(1, n));
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half), n };
}

/** Accuracy after so many labels: rises steeply, then slowly. */
const learnt = (labels: number) => 0.5 + 0.29 * (1 - Math.exp(-labels / 160));

function training(labels: number, days: number): TrainingPoint {
  return {
    trained_at: new Date(Date.UTC(2025, 4, 3 + days, 9 + days, 12)).toISOString(),
    cause: days % 3 === 0 ? 'asked' : 'background',
    objective: 'overall',
    hash: (0x4f1c09ab + days * 0x1b873593).toString(16).slice(-8),
    labels,
    pairs: Math.round(labels * 0.86),
    accuracy: share(learnt(labels), labels),
    length_only: 0.58,
    brier: 0.25 - (learnt(labels) - 0.5) * 0.28,
    calibration_error: 0.09 - labels / 8000,
    seconds: 0.4 + labels / 500,
    in_use: true,
  };
}

const PARTS: [string, string, number, number][] = [
  ['tag', 'writing', 0.81, 96],
  ['tag', 'coding', 0.77, 71],
  ['tag', 'mathematics', 0.64, 38],
  ['tag', 'advice and long conversations about health', 0.71, 24],
  ['source', 'chat logs', 0.78, 180],
  ['source', 'handbook questions', 0.69, 64],
  ['length_difference', '1.00–1.16', 0.66, 80],
  ['length_difference', '1.16–1.84', 0.75, 110],
  ['length_difference', '1.84–14.20', 0.83, 86],
  ['strength', '1', 0.63, 88],
  ['strength', '2', 0.78, 120],
  ['strength', '3', 0.9, 54],
];

function quality(labels: number, modality: string, basis: string): QualityView {
  const accuracy = share(learnt(labels), labels);
  const text = modality === 'text';
  const slices = PARTS.map(([by, name, value, n]): SliceView => {
    const part = Math.max(1, Math.round((n * labels) / 340));
    const lengthOnly = text ? share(value - 0.13, part) : null;
    return { by, name, accuracy: share(value, part), length_only: lengthOnly };
  });
  return {
    measured_at: '2025-05-08T14:02:00Z',
    basis,
    pairs: Math.round(labels * 0.86),
    prompts: Math.round(labels * 0.7),
    kept_together: ['prompt', 'candidate', 'conversation'],
    accuracy,
    length_only: text ? share(0.58, labels) : null,
    longer_wins: text ? share(0.55, labels) : null,
    ranking_accuracy: accuracy.value - 0.03,
    ceiling: 0.88,
    brier: 0.183,
    log_loss: 0.547,
    calibration_error: 0.046,
    temperature: 1.34,
    worse_than_chance: false,
    reliability: [0.5, 0.6, 0.7, 0.8, 0.9].map((from, at) => ({
      from,
      to: from + 0.1,
      confidence: from + 0.05,
      accuracy: [0.53, 0.61, 0.78, 0.8, 0.91][at] ?? from,
      pairs: [92, 74, 61, 44, 21][at] ?? 1,
    })),
    slices: slices.filter((one) => text || one.by !== 'length_difference'),
  };
}

interface Learnt {
  history: TrainingPoint[];
  quality: QualityView | null;
}

export class FakeModels {
  order = ['auto'];
  private readonly packs = [...PACKS];
  private readonly learnt: Record<Modality, Learnt>;

  constructor(private readonly options: FakeOptions) {
    const { labels, trainings } = options;
    const history = Array.from({ length: labels > 0 ? trainings : 0 }, (_, at) =>
      training(Math.max(8, Math.round((labels * 0.9 * (at + 1)) / trainings)), at),
    );
    const measured = history.length > 0 ? quality(labels, 'text', 'cross-validated') : null;
    const none = { history: [], quality: null };
    this.learnt = { text: { history, quality: measured }, image: { ...none }, music: { ...none } };
  }

  view(packs: PackChoice, items: ModalityCounts, scored: boolean): ModelsView {
    const models = MODALITIES.filter((one) => items[one] > 0).map((one) =>
      this.model(one, packs[one], items[one], scored),
    );
    return {
      models,
      packs: this.options.model ? [...this.packs] : [],
      providers: { order: this.order, known: PROVIDERS },
    };
  }

  train(modality: string): JobResult {
    const own = this.of(modality);
    const { labels } = this.options;
    const point = { ...training(labels, own.history.length), cause: 'asked' };
    own.history = [...own.history, point];
    own.quality = quality(labels, modality, 'cross-validated');
    return { kind: 'train', point };
  }

  measure(modality: string): JobResult {
    const own = this.of(modality);
    const basis = own.history.length > 0 ? 'cross-validated' : 'all-labels';
    own.quality = quality(this.options.labels, modality, basis);
    return { kind: 'quality', quality: own.quality };
  }

  add(): JobResult {
    if (!this.packs.some((one) => one.name === ADDED.pack.name)) this.packs.push(ADDED.pack);
    return { kind: 'pack', added: ADDED };
  }

  private of(modality: string): Learnt {
    return this.learnt[modality as Modality];
  }

  private model(modality: Modality, name: string, items: number, scored: boolean): ModelView {
    const found = this.options.model ? this.packs.find((one) => one.name === name) : undefined;
    const { history, quality: measured } = this.learnt[modality];
    const { labels } = this.options;
    const fixed = found !== undefined && found.kind !== 'encoder';
    const head = fixed ? 'fixed' : history.length > 0 ? 'study' : found?.has_head ? 'pack' : 'none';
    const untrained: UserError = {
      code: 'no_head',
      message: `The pack ${name} has no head yet.`,
      hint: 'Train one on people’s labels.',
    };
    const error = !found
      ? missing('No reward model is installed.')
      : (found.error ?? (head === 'none' ? untrained : null));
    const opened = found !== undefined && found.error === null;
    const unreadable = scored && modality !== 'text' ? 1 : 0;
    const done = scored && error === null ? items - unreadable : 0;
    const skipped = PROVIDERS.flatMap(({ name: provider, reason }) =>
      reason === null ? [] : [`${provider}: ${reason}`],
    );
    return {
      modality,
      pack: name,
      kind: opened ? found.kind : null,
      ready: error === null,
      hash: opened ? (history.at(-1)?.hash ?? '4f1c09ab') : null,
      provider: opened ? 'cpu' : null,
      skipped: opened ? skipped : [],
      error,
      head,
      items,
      scored: done,
      unreadable,
      last_run:
        done > 0
          ? {
              ended_at: '2025-05-08T14:01:00Z',
              items: done,
              items_per_s: modality === 'text' ? 61.4 : 12.8,
              runtime_share: modality === 'text' ? 0.93 : 0.71,
              provider: 'cpu',
              skipped,
            }
          : null,
      labels,
      labels_since: labels - (history.at(-1)?.labels ?? 0),
      quality: opened ? measured : null,
      in_force: null,
      history,
    };
  }
}
