/** What a budget costs and buys: arithmetic alone, so that the page only says it. */
import type {
  BudgetCurveView,
  BudgetPointView,
  ChosenAtView,
  CostView,
  IntervalView,
  PolicyCurveView,
  RoutingSettings,
  RoutingView,
} from '../../ipc/bindings';

/** The policy that takes the best of the others. */
export const AUTO = 'auto';

/** All policies, as they are offered. */
export const POLICIES = [
  AUTO,
  'random',
  'least-certain',
  'ai-error',
  'ppm-top-k',
  'ppm-simulated',
  'ppm-unlimited',
  'value',
];

/** What is bought. */
export type Measure = 'labels' | 'reward';

/** What is known of a study besides its routing. */
export interface Labelled {
  /** All items. */
  items: number;
  /** Items that people have labelled here. */
  annotated: number;
}

/** What a budget means before it is spent. */
export interface Consequences {
  /** Items for people. */
  people: number;
  /** Items for the AI. */
  ai: number;
  /** Of the people's, labelled already. */
  done: number;
  /** Of the people's, still to be labelled. */
  left: number;
  /** Labels still to be given: each item may want several. */
  labels: number;
  /** A person's time for these. */
  seconds: number;
  /** What that costs; null where an hour's price is not known. */
  price: number | null;
  /** More than the budget asks for are people's: the pilot, what they have labelled, or what the AI
   * cannot label. */
  above: boolean;
}

/** What is expected of a budget, beside what the ends of the curve are. */
export interface Expected {
  here: IntervalView;
  allAi: IntervalView;
  allHuman: IntervalView;
}

/** Items that people label whatever the budget: the most that is known of. */
export function kept({ pilot, items, sides, settings }: RoutingView, study: Labelled): number {
  const side = sides.find((one) => one.name === settings.ai);
  // What the reward model has not scored yet, it may still score.
  const unable = sides.length === 0 ? items : side && side.name !== 'reward' ? items - side.items : 0;
  return Math.max(pilot.size, study.annotated, unable);
}

export function consequences(
  percent: number,
  study: Labelled,
  kept: number,
  cost: CostView,
  settings: RoutingSettings,
): Consequences {
  const asked = Math.round((study.items * percent) / 100);
  const least = Math.min(study.items, Math.max(study.annotated, kept));
  const people = Math.max(asked, least);
  const done = Math.min(people, study.annotated);
  const left = people - done;
  const labels = left * Math.max(1, cost.overlap);
  const seconds = labels * cost.seconds_per_label;
  const { price_per_hour: hour } = settings;
  return {
    people,
    ai: study.items - people,
    done,
    left,
    labels,
    seconds,
    price: hour === null ? null : (seconds / 3600) * hour,
    above: people > asked,
  };
}

/** What `auto` takes at the budget of the curve that is nearest; of two as near, at the lower. */
export function chosenAt(curve: BudgetCurveView, percent: number): ChosenAtView {
  const off = (one: ChosenAtView) => Math.abs(one.human_percent - percent);
  const half = { human_percent: 50, policy: curve.chosen, reason: curve.chosen_reason };
  const [first, ...others] = curve.chosen_at;
  return others.reduce((best, one) => (off(one) < off(best) ? one : best), first ?? half);
}

/** The curve of a policy; of `auto`, that of the one it takes with this budget. */
export function curveOf(
  curve: BudgetCurveView,
  policy: string,
  percent: number,
): PolicyCurveView | null {
  const wanted = policy === AUTO ? chosenAt(curve, percent).policy : policy;
  return curve.policies.find((one) => one.policy === wanted) ?? null;
}

const between = (from: number, to: number, share: number) => from + (to - from) * share;

/** A measure at a budget, on a straight line between the budgets that were tried. */
export function at(
  points: BudgetPointView[],
  measure: Measure,
  percent: number,
): IntervalView | null {
  const known = points
    .flatMap((point) => (point[measure] ? [{ x: point.human_percent, y: point[measure] }] : []))
    .sort((one, other) => one.x - other.x);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return null;
  if (percent <= first.x) return first.y;
  if (percent >= last.x) return last.y;
  const to = known.find((point) => point.x >= percent) ?? last;
  const from = known.findLast((point) => point.x <= percent) ?? first;
  if (from === to) return to.y;
  const share = (percent - from.x) / (to.x - from.x);
  return {
    value: between(from.y.value, to.y.value, share),
    low: between(from.y.low, to.y.low, share),
    high: between(from.y.high, to.y.high, share),
    n: Math.min(from.y.n, to.y.n),
  };
}

/** The policies that may leave some of the budget. Of the others, what was spent differs from what
 * was allowed by rounding alone. */
const MAY_LEAVE = ['ppm-unlimited'];

/** Per cent of the items that a policy would have people label with a budget. */
export function spent(curve: PolicyCurveView | null, percent: number): number {
  if (!curve || !MAY_LEAVE.includes(curve.policy)) return percent;
  const known = curve.points
    .map((point) => ({ x: point.human_percent, y: point.spent_percent }))
    .sort((one, other) => one.x - other.x);
  const to = known.find((point) => point.x >= percent) ?? known.at(-1);
  const from = known.findLast((point) => point.x <= percent) ?? known[0];
  if (!from || !to) return percent;
  const share = to.x > from.x ? (percent - from.x) / (to.x - from.x) : 0;
  return Math.min(percent, between(from.y, to.y, share));
}

/** Per cent of the items that go to people by lot, whatever the policy: the pilot and the audit. */
export function byLot({ pilot, items, settings }: RoutingView): number {
  const pilots = items > 0 ? (100 * pilot.size) / items : 0;
  return Math.min(100, pilots + settings.audit_percent);
}

/** What a policy is expected to reach with a budget. The curve lets the policy place all of the
 * budget. What goes by lot, in per cent of all items, it does not place: of these people label all
 * and of the others they label what is left of the budget. */
export function expected(
  curve: PolicyCurveView,
  measure: Measure,
  percent: number,
  byLot: number,
): Expected | null {
  const drawn = measure === 'labels' ? Math.min(byLot, percent) : 0;
  const rest = drawn < 100 ? (100 * (percent - drawn)) / (100 - drawn) : 0;
  const [placed, allAi, allHuman] = [rest, 0, 100].map((x) => at(curve.points, measure, x));
  if (!placed || !allAi || !allHuman) return null;
  const of = (end: 'value' | 'low' | 'high') => between(placed[end], allHuman[end], drawn / 100);
  return { here: { value: of('value'), low: of('low'), high: of('high'), n: placed.n }, allAi, allHuman };
}

/** Whether any policy was measured to beat a draw by lot. */
export const anyBeatsRandom = (curve: BudgetCurveView): boolean =>
  curve.policies.some((one) => one.beats_random);

/** Whether the reward head's accuracy was measured too. */
export const hasReward = (curve: BudgetCurveView): boolean =>
  curve.policies.some((one) => one.points.some((point) => point.reward !== null));

/** Labelled items that a curve can rest on: the pilot's, and imported ones. */
export const labelledPairs = ({ pilot }: RoutingView): number => pilot.labelled + pilot.imported;

/** What is next while no budget is chosen: to label the pilot, to draw more of it, to compute the
 * curve, or to choose a budget. */
export type Step = 'label' | 'more' | 'compute' | 'choose';

export function step(view: RoutingView): Step {
  const { pilot, sides, curve } = view;
  if (pilot.labelled < pilot.size) return 'label';
  if (curve || sides.length === 0) return 'choose';
  return labelledPairs(view) < pilot.needed ? 'more' : 'compute';
}

/** What a note says before it explains it. */
export const inShort = (note: string): string => note.split(/[:.;]\s/, 1)[0]!.replace(/\.$/, '');

/** The budget at a place on a plot, in whole per cent, 0 to 100. */
export function percentAt(x: number, left: number, width: number): number {
  if (!(width > 0)) return 0;
  return Math.min(100, Math.max(0, Math.round((100 * (x - left)) / width)));
}

/** The whole number that was typed; null if it is none, or not within the bounds. */
export function wholeNumber(text: string, least: number, most: number): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : null;
}

/** The new view with the parts of the old one that say the same, so that nothing is drawn again. */
export function settled(before: RoutingView | null, now: RoutingView): RoutingView {
  if (!before) return now;
  const parts = Object.entries(now).map(([name, part]) => {
    const old = before[name as keyof RoutingView];
    return [name, JSON.stringify(old) === JSON.stringify(part) ? old : part];
  });
  const same = parts.every(([name, part]) => before[name as keyof RoutingView] === part);
  return same ? before : (Object.fromEntries(parts) as RoutingView);
}
