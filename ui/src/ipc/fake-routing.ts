/** The routing of the fake: a pilot, curves as they come out of some hundred labels, a run. */
import type {
  AiSideView,
  BudgetCurveView,
  BudgetPointView,
  IntervalView,
  PilotView,
  PolicyCurveView,
  RoutedItemView,
  RoutingRunView,
  RoutingSettings,
  RoutingView,
  TagGainView,
} from './bindings';
import type { FakeOptions } from './fake-settings';

/** What is known of the study. */
export interface FakeStudy {
  settings: RoutingSettings;
  items: number;
  /** Labels that people have given here. */
  given: number;
}

const JUDGE = 'judge large';
const SHARES = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
const AI_ALONE = 0.742;
const PEOPLE_ALONE = 0.931;

/** How much better than a straight line each policy is, at its best. */
const LIFT: [string, number][] = [
  ['random', 0],
  ['least-certain', 0.021],
  ['ai-error', 0.034],
  ['ppm-top-k', 0.027],
  ['ppm-simulated', 0.013],
  ['ppm-unlimited', 0.008],
  ['value', 0.03],
];

const share = (value: number, half: number, n: number): IntervalView => ({
  value,
  low: Math.max(0, value - half),
  high: Math.min(1, value + half),
  n,
});

function curveOf(policy: string, lift: number, n: number): PolicyCurveView {
  const points: BudgetPointView[] = SHARES.map((human_percent) => {
    const part = human_percent / 100;
    const bend = 4 * part * (1 - part);
    const labels = AI_ALONE + (PEOPLE_ALONE - AI_ALONE) * part + lift * bend * (1.3 - part);
    const reward = 0.664 + 0.052 * part + 0.3 * lift * bend;
    return {
      human_percent,
      spent_percent: policy === 'ppm-unlimited' ? Math.min(human_percent, 45) : human_percent,
      labels: share(labels, 0.034 - 0.012 * part, n),
      reward: share(reward, 0.041, n),
    };
  });
  const mean = 0.62 * lift;
  const advantage =
    policy === 'random' ? null : { value: mean, low: mean - 0.011, high: mean + 0.011, n };
  return { policy, advantage, beats_random: lift > 0.02, points };
}

const TAGS: TagGainView[] = [
  { tag: 'subject of expertise: law', gain: 0.112, items: 14 },
  { tag: 'safety concern: moderate', gain: 0.087, items: 9 },
  { tag: 'cosine similarity: 0.67-1', gain: 0.061, items: 38 },
  { tag: 'complexity of intents: complex', gain: 0.044, items: 21 },
  { tag: 'subject of expertise: mathematical sciences', gain: -0.025, items: 11 },
  { tag: 'token length difference: 0.67-1', gain: -0.058, items: 33 },
];

const REASONS = [
  'AI judges disagree; moderate safety concern; similar pairs were wrong 31 % of the time',
  'the reward model is unsure (53 %); subject of expertise: law',
  'the answers are much alike; similar pairs were wrong 28 % of the time',
  'the reward model is sure (91 %)',
];

export class FakeRouting {
  private size = 0;
  private labelled = 0;
  private curve: BudgetCurveView | null = null;
  private run: RoutingRunView | null = null;
  /** Labels that there were at the last fit. */
  private seen = 0;

  constructor(
    private readonly options: FakeOptions,
    private readonly study: () => FakeStudy,
  ) {
    const stage = ['none', 'pilot', 'labelled', 'curve', 'routed'].indexOf(options.routing);
    if (stage < 1 || options.open === null) return;
    this.size = Math.min(options.open, 60);
    this.labelled = stage > 1 ? this.size : Math.round(this.size / 4);
    this.run = this.runOf('pilot', String(this.size), options.open);
    if (stage > 2) this.curve = this.curveNow('reward', 0);
    if (stage > 3) this.run = this.runOf('auto', '40%', options.open);
  }

  view(): RoutingView {
    const { settings, items, given } = this.study();
    const { peopleOnly } = this.options;
    const labelled = Math.min(this.size, this.labelled + given);
    const pilot: PilotView = {
      proposed: Math.min(items, 60),
      reason: `${Math.min(items, 60)} pairs show differences of five points in ten; a tenth of the study is enough.`,
      size: this.size,
      labelled,
      imported: 0,
      needed: 40,
      drawn_at: this.size > 0 ? '2025-05-08T13:20:00Z' : null,
    };
    const known = labelled > 0;
    const side = (name: string, value: number): AiSideView => ({
      name,
      items,
      accuracy: known ? share(value, 0.11 * Math.sqrt(60 / Math.max(12, labelled)), labelled) : null,
    });
    const since = given - this.seen;
    return {
      settings,
      sides: peopleOnly ? [] : [side('reward', 0.717), side(JUDGE, AI_ALONE)],
      items,
      pilot,
      tagging:
        this.size > 0
          ? {
              tagged: items,
              dimensions: [
                ['subject of expertise', 'likeness'],
                ['safety concern', 'likeness'],
                ['format constraints', 'rules'],
                ['cosine similarity', 'measured'],
              ],
              tagged_at: '2025-05-08T13:19:00Z',
            }
          : null,
      curve: this.curve && { ...this.curve, labels_since: since },
      run: this.run && {
        ...this.run,
        labelled: Math.min(this.run.human, labelled + Math.max(0, given - (this.size - this.labelled))),
        labels_since: since,
      },
      audit: {
        items: this.size,
        labelled,
        ai_accuracy: known ? share(AI_ALONE, 0.1, labelled) : null,
        drift:
          this.run && this.run.policy !== 'pilot'
            ? { earlier: 0.76, later: 0.72, p: 0.61, items: labelled }
            : null,
      },
      cost: {
        seconds_per_label: settings.seconds_per_label ?? 41.5,
        basis: settings.seconds_per_label === null ? (known ? 'measured' : 'assumed') : 'given',
        labels: labelled,
        overlap: 1,
      },
      background_error: null,
    };
  }

  drawPilot(size: number | null): void {
    const { items } = this.study();
    this.size = Math.min(items, size ?? Math.min(items, 60));
    this.run = this.runOf('pilot', String(this.size), items);
  }

  computeCurve(): void {
    const { settings, given } = this.study();
    this.seen = given;
    this.curve = this.curveNow(settings.ai, given);
  }

  route(policy: string, budget: string): void {
    const { items, given } = this.study();
    this.seen = given;
    this.run = this.runOf(policy, budget, items);
  }

  items(side: string, after: number | null, limit: number): RoutedItemView[] {
    const all = this.run ? (side === 'human' ? this.run.human : this.run.ai) : 0;
    const from = after === null ? 0 : after + 1;
    const { items } = this.study();
    return Array.from({ length: Math.max(0, Math.min(limit, all - from)) }, (_, n) => {
      const rank = from + n;
      const ordinal = ((rank * 37 + (side === 'human' ? 5 : 11)) % Math.max(1, items)) + 1;
      const piloted = side === 'human' && rank < this.size;
      return {
        item: `${side}-${rank}`,
        ordinal,
        prompt: `A neighbour’s tree hangs over my fence, case ${ordinal}. May I cut what is on my side, and who pays for it?`,
        side,
        rank,
        gain: piloted ? null : (side === 'human' ? 0.21 : 0.04) / (1 + rank / 40),
        reason: piloted
          ? 'drawn for the pilot'
          : (REASONS[side === 'human' ? rank % 3 : 3] ?? ''),
        purpose: piloted ? 'pilot' : rank % 9 === 8 ? 'audit' : 'policy',
        labelled: side === 'human' && rank < this.labelled,
      };
    });
  }

  private curveNow(ai: string, given: number): BudgetCurveView {
    const { noise } = this.options;
    const items = Math.min(this.size, this.labelled + given);
    const chosen = noise ? 'random' : 'ai-error';
    const chosen_reason = noise
      ? 'no policy was better than random on the pilot by more than chance'
      : '2.1 points above random, averaged over the budgets, more than any other';
    return {
      computed_at: '2025-05-08T15:42:00Z',
      ai,
      items,
      prompts: Math.max(1, items - 6),
      labels_since: 0,
      seconds: 18.4,
      policies: LIFT.map(([policy, lift]) => curveOf(policy, noise ? lift * 0.04 : lift, items)),
      chosen,
      chosen_reason,
      // Of almost all it matters little which few are left out.
      chosen_at: SHARES.map((human_percent) =>
        human_percent < 90
          ? { human_percent, policy: chosen, reason: chosen_reason }
          : { human_percent, policy: 'random', reason: 'no policy is better with this budget' },
      ),
      prediction: [
        { kind: 'linear', mixes: 202, spearman: 0.61, rmse: 0.012, rmse_constant: 0.017 },
        { kind: 'quadratic', mixes: 202, spearman: 0.58, rmse: 0.018, rmse_constant: 0.017 },
      ],
      notes: ['Few prompts: intervals are wide. Label more of the pilot to narrow them.'],
    };
  }

  private runOf(policy: string, budget: string, items: number): RoutingRunView {
    const piloted = policy === 'pilot';
    const asked = budget.endsWith('%')
      ? Math.round((items * Number.parseFloat(budget)) / 100)
      : Number(budget);
    const human = Math.max(Math.min(items, asked), this.size);
    const used = policy === 'auto' ? (this.options.noise ? 'random' : 'ai-error') : policy;
    return {
      id: `run-${policy}-${budget}`,
      policy,
      used,
      reason: policy === 'auto' ? 'the best on the pilot, 2.1 points above random' : '',
      budget,
      seed: '8143020551',
      cause: 'asked',
      ran_at: '2025-05-08T15:45:00Z',
      human,
      labelled: 0,
      ai: piloted ? 0 : items - human,
      fitted_on: piloted ? 0 : this.labelled,
      labels_since: 0,
      reroutes: piloted ? 0 : 2,
      tags: piloted ? [] : TAGS,
    };
  }
}
