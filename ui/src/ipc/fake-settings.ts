/** Settings and options of the fake. Options come from the address, `?open&aspects=multipref`. */
import type {
  Ask,
  AspectScale,
  AspectSetting,
  PresetView,
  RoutingSettings,
  StudySettings,
} from './bindings';

export interface FakeOptions {
  /** Begins with a study open, of so many items; 0 is an empty one. */
  open: number | null;
  /** What is compared: `text`, `image`, `music`, or `mixed` for some of each. */
  modality: string;
  /** How many candidates. */
  k: number;
  strength: Ask;
  confidence: Ask;
  rationale: Ask;
  /** `preference` (MultiPref-like), `rating` (UltraFeedback-like) or none. */
  aspects: AspectScale | null;
  /** Whether the aspects must be answered. */
  aspectsAsk: Ask;
  /** Reasons for the whole comparison. */
  reasons: boolean;
  highlights: Ask;
  steps: Ask;
  tie: boolean;
  bothBad: boolean;
  minDwellS: number;
  minListenS: number;
  breakAfterMin: number;
  guidelines: boolean;
  /** Every item has a second turn. */
  followUps: boolean;
  /** Every so-many-th judgment fails to be saved; 0 is never. */
  failEvery: number;
  /** How long a call takes, in milliseconds. */
  latencyMs: number;
  /** How long a job takes, in milliseconds. */
  jobMs: number;
  model: boolean;
  /** People's judgments that a reward model can learn from. */
  labels: number;
  /** How often a head was trained on them. */
  trainings: number;
  /** Jobs end with an error. */
  failJobs: boolean;
  /** How far routing is: nothing, `pilot` drawn, `labelled`, a `curve`, or `routed`. */
  routing: FakeRoutingStage;
  /** AI's errors follow no pattern: no policy beats random. */
  noise: boolean;
  /** Neither a reward model nor a judge has labelled anything. */
  peopleOnly: boolean;
}

export type FakeRoutingStage = 'none' | 'pilot' | 'labelled' | 'curve' | 'routed';

export const DEFAULTS: FakeOptions = {
  open: null,
  modality: 'text',
  k: 2,
  strength: 'off',
  confidence: 'off',
  rationale: 'off',
  aspects: null,
  aspectsAsk: 'required',
  reasons: false,
  highlights: 'off',
  steps: 'off',
  tie: true,
  bothBad: true,
  minDwellS: 0,
  minListenS: 0,
  breakAfterMin: 0,
  guidelines: true,
  followUps: false,
  failEvery: 0,
  latencyMs: 15,
  jobMs: 3000,
  model: true,
  labels: 340,
  trainings: 6,
  failJobs: false,
  routing: 'none',
  noise: false,
  peopleOnly: false,
};

/** Options out of the query part of an address. */
export function optionsFromAddress(query: string): Partial<FakeOptions> {
  const asked = new URLSearchParams(query);
  const number = (name: string) => (asked.has(name) ? Number(asked.get(name)) : undefined);
  const ask = (name: string) => (asked.get(name) ?? undefined) as Ask | undefined;
  const flag = (name: string, is: boolean) => (asked.has(name) ? is : undefined);
  const options: { [Key in keyof FakeOptions]: FakeOptions[Key] | undefined } = {
    open: asked.has('open') ? (number('items') ?? 120) : undefined,
    modality: asked.get('modality') ?? undefined,
    k: number('k'),
    strength: ask('strength'),
    confidence: ask('confidence'),
    rationale: ask('rationale'),
    aspects: (asked.get('aspects') ?? undefined) as AspectScale | undefined,
    aspectsAsk: ask('aspectsask'),
    reasons: flag('reasons', true),
    highlights: ask('highlights'),
    steps: ask('steps'),
    tie: flag('notie', false),
    bothBad: flag('nobothbad', false),
    minDwellS: number('dwell'),
    minListenS: number('listen'),
    breakAfterMin: number('break'),
    guidelines: flag('noguidelines', false),
    followUps: flag('followups', true),
    failEvery: number('fail'),
    latencyMs: number('latency'),
    jobMs: number('job'),
    model: flag('nomodel', false),
    labels: number('labels'),
    trainings: number('trainings'),
    failJobs: flag('failjobs', true),
    routing: (asked.get('routing') ?? undefined) as FakeRoutingStage | undefined,
    noise: flag('noise', true),
    peopleOnly: flag('peopleonly', true),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const GUIDELINES =
  '## What counts\n\n1. **Correct** before well written.\n2. **Complete**: it answers what was asked.\n3. **Short** where both are correct.\n\nDo not reward length, headings or friendliness for their own sake. If both are wrong, press `B`.';

const aspect = (
  id: string,
  name: string,
  description: string,
  scale: AspectScale,
  reasons: string[] = [],
): AspectSetting => ({ id, name, description, scale, ask: 'required', reasons });

/** Three aspects as preferences with reasons, as MultiPref has them. */
export const PREFERENCE_ASPECTS: AspectSetting[] = [
  aspect('helpfulness', 'Helpful', 'Does what was asked, to the end.', 'preference', [
    'Follows the instruction',
    'Complete',
    'At the right level of detail',
    'Well organised',
  ]),
  aspect('truthfulness', 'Truthful', 'What it says is so.', 'preference', [
    'Facts are right',
    'Says what is uncertain',
    'Reasoning holds',
  ]),
  aspect('harmlessness', 'Harmless', 'Does no harm to the reader or to others.', 'preference', [
    'Polite',
    'Refuses what it should',
  ]),
];

/** Four aspects rated 1 to 5 for each answer, as UltraFeedback has them. */
export const RATING_ASPECTS: AspectSetting[] = [
  aspect('instruction', 'Follows the instruction', 'Aim, format and limits are kept.', 'rating'),
  aspect('honesty', 'Honest', 'Says what it knows and what it does not.', 'rating'),
  aspect('truthfulness', 'Truthful', 'Nothing is made up.', 'rating'),
  aspect('helpfulness', 'Helpful', 'Of use to the one who asks.', 'rating'),
];

/** How a study is routed if nobody says otherwise. */
export const ROUTING: RoutingSettings = {
  ai: 'reward',
  policy: 'auto',
  order: 'teaches-most',
  audit_percent: 2,
  reroute_every: 50,
  seconds_per_label: null,
  price_per_hour: null,
  currency: 'EUR',
  tag_fields: [],
};

/** What the fake's study asks. */
export function fakeSettings(options: FakeOptions): StudySettings {
  const aspects = {
    preference: PREFERENCE_ASPECTS,
    rating: RATING_ASPECTS,
    none: [],
  }[options.aspects ?? 'none'];
  const question = { image: 'Which image do you prefer?', music: 'Which clip do you prefer?' };
  return {
    question:
      options.k > 2
        ? 'Put them in order, the best first.'
        : (question[options.modality as 'image' | 'music'] ?? 'Which answer is better?'),
    guidelines: options.guidelines ? GUIDELINES : '',
    preset: null,
    tie: options.tie,
    both_bad: options.bothBad,
    strength: options.strength,
    confidence: options.confidence,
    rationale: options.rationale,
    reason_tags: options.reasons
      ? ['More correct', 'Clearer', 'Shorter', 'Better style', 'Safer']
      : [],
    aspects: aspects.map((one) => ({ ...one, ask: options.aspectsAsk })),
    highlights: options.highlights,
    steps: options.steps,
    min_dwell_s: options.minDwellS,
    min_listen_s: options.minListenS,
    match_loudness: true,
    blind: true,
    overlap: 1,
    budget: '25%',
    break_after_min: options.breakAfterMin,
    packs: { text: 'minilm', image: 'efficientnet-lite0', music: 'musicnn' },
    retrain_every: 50,
    routing: ROUTING,
  };
}

/** A few study designs, enough to try the designer. */
export function fakePresets(): PresetView[] {
  const from = (name: string, options: Partial<FakeOptions>): StudySettings => ({
    ...fakeSettings({ ...DEFAULTS, ...options }),
    preset: name,
  });
  return [
    {
      name: 'multipref',
      title: 'MultiPref',
      description: 'Preferences on helpfulness, truthfulness and harmlessness, with reasons.',
      settings: from('multipref', { aspects: 'preference', strength: 'required' }),
    },
    {
      name: 'ultrafeedback',
      title: 'UltraFeedback',
      description: 'Four aspects, each answer rated from 1 to 5.',
      settings: from('ultrafeedback', { aspects: 'rating', rationale: 'required' }),
    },
    {
      name: 'music-arena',
      title: 'Music Arena',
      description: 'Two clips, heard for four seconds each before the answer.',
      settings: from('music-arena', { modality: 'music', minListenS: 4 }),
    },
    {
      name: 'pick-a-pic',
      title: 'Pick-a-Pic',
      description: 'Two images for one prompt, with a tie.',
      settings: from('pick-a-pic', { modality: 'image', bothBad: false }),
    },
  ];
}
