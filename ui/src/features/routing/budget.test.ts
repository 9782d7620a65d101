import { expect, test } from 'vitest';

import type { BudgetPointView, CostView, IntervalView, RoutingView } from '../../ipc/bindings';
import { FakeBackend } from '../../ipc/fake';
import { ROUTING, type FakeOptions } from '../../ipc/fake-settings';
import * as budget from './budget';

const cost: CostView = { seconds_per_label: 36, basis: 'measured', labels: 20, overlap: 1 };
const priced = { ...ROUTING, price_per_hour: 30 };

interface Given {
  percent: number;
  annotated?: number;
  pilot?: number;
  overlap?: number;
}

const CASES: [string, Given, Partial<budget.Consequences>][] = [
  ['nothing', { percent: 0 }, { people: 0, ai: 200, left: 0, seconds: 0, price: 0, above: false }],
  ['a quarter', { percent: 25 }, { people: 50, ai: 150, left: 50, seconds: 1800, price: 15 }],
  ['all', { percent: 100 }, { people: 200, ai: 0, labels: 200, seconds: 7200, price: 60 }],
  [
    'what is labelled is not paid again',
    { percent: 25, annotated: 30, pilot: 40 },
    { people: 50, done: 30, left: 20, seconds: 720, price: 6, above: false },
  ],
  [
    'the pilot stays with people',
    { percent: 10, annotated: 5, pilot: 40 },
    { people: 40, done: 5, left: 35, above: true },
  ],
  [
    'and so does what they have labelled',
    { percent: 10, annotated: 60 },
    { people: 60, done: 60, left: 0, seconds: 0, above: true },
  ],
  ['two labels each', { percent: 25, overlap: 2 }, { left: 50, labels: 100, seconds: 3600 }],
  ['a pilot of more than all', { percent: 0, pilot: 900 }, { people: 200, ai: 0 }],
];

test.each(CASES)('%s', (_, { percent, annotated = 0, pilot = 0, overlap = 1 }, told) => {
  const study = { items: 200, annotated };
  const found = budget.consequences(percent, study, pilot, { ...cost, overlap }, priced);
  expect(found).toMatchObject(told);
  expect(found.people + found.ai).toBe(200);
  expect(found.done + found.left).toBe(found.people);
});

test('without a price there is none', () => {
  const study = { items: 200, annotated: 0 };
  expect(budget.consequences(25, study, 0, cost, ROUTING).price).toBeNull();
});

const share = (value: number): IntervalView => ({ value, low: value - 0.1, high: value + 0.1, n: 9 });
const point = (human_percent: number, value: number): BudgetPointView => ({
  human_percent,
  spent_percent: Math.min(human_percent, 30),
  labels: share(value),
  reward: human_percent === 50 ? null : share(value - 0.2),
});
// Out of order on purpose.
const points = [point(100, 0.9), point(0, 0.6), point(50, 0.8)];

test.each([
  [0, 0.6],
  [25, 0.7],
  [50, 0.8],
  [75, 0.85],
  [100, 0.9],
  [-5, 0.6],
  [120, 0.9],
])('label accuracy at %d is %d', (percent, value) => {
  const found = budget.at(points, 'labels', percent);
  expect(found?.value).toBeCloseTo(value, 12);
  expect(found!.high - found!.low).toBeCloseTo(0.2, 12);
});

test('a budget at which it was not measured lies between its neighbours', () =>
  expect(budget.at(points, 'reward', 50)?.value).toBeCloseTo(0.55, 12));

test.each([
  ['labels', []],
  ['reward', [point(50, 0.8)]],
] as const)('%s of nothing measured is not made up', (measure, none) =>
  expect(budget.at([...none], measure, 50)).toBeNull());

const policy = { policy: 'value', advantage: null, beats_random: false, points };

test('the ends are the AI alone and people alone', () => {
  const found = budget.expected(policy, 'labels', 25, 0);
  expect([found?.allAi.value, found?.allHuman.value]).toEqual([0.6, 0.9]);
});

// With a share p by lot: p of people alone, and the curve at (b - p) / (1 - p) for the others.
test.each([
  ['labels', 50, 0, 0.8],
  ['labels', 50, 20, 0.2 * 0.9 + 0.8 * 0.75],
  ['labels', 60, 20, 0.2 * 0.9 + 0.8 * 0.8],
  ['labels', 20, 20, 0.2 * 0.9 + 0.8 * 0.6],
  // Below what goes by lot all of it does.
  ['labels', 10, 20, 0.1 * 0.9 + 0.9 * 0.6],
  ['labels', 50, 100, 0.5 * 0.9 + 0.5 * 0.6],
  ['labels', 0, 20, 0.6],
  ['labels', 100, 20, 0.9],
  ['labels', 100, 100, 0.9],
  ['reward', 25, 20, 0.475],
] as const)('%s at %d with %d per cent by lot: %d', (measure, percent, byLot, value) => {
  const here = budget.expected(policy, measure, percent, byLot)!.here;
  expect(here.value).toBeCloseTo(value, 12);
  expect(here.low).toBeCloseTo(value - 0.1, 12);
  expect(here.high).toBeCloseTo(value + 0.1, 12);
});

test.each([
  [56, 0],
  [10, 0],
  [256, 50],
  [257, 50],
  [456, 100],
  [900, 100],
])('%d pixels along are %d per cent', (x, percent) =>
  expect(budget.percentAt(x, 56, 400)).toBe(percent));

test('a plot without a width has no budgets', () => expect(budget.percentAt(80, 56, 0)).toBe(0));

test.each([
  ['60', 60],
  [' 7 ', 7],
  ['', null],
  ['0', null],
  ['121', null],
  ['3.5', null],
  ['ten', null],
])('%j is the number %j', (text, value) => expect(budget.wholeNumber(text, 1, 120)).toBe(value));

async function view(options: Partial<FakeOptions> = {}): Promise<RoutingView> {
  const backend = new FakeBackend({ open: 120, latencyMs: 0, routing: 'routed', ...options });
  return backend.routing();
}

const [reward, judge] = (await view()).sides;
test.each([
  ['the pilot', {}, 0, 60],
  ['what people have labelled', {}, 75, 75],
  ['what the judge has not', { settings: { ...ROUTING, ai: judge!.name }, sides: [{ ...judge!, items: 31 }] }, 0, 89],
  ['not what is still to be scored', { sides: [{ ...reward!, items: 0 }] }, 0, 60],
  ['all, where there is no AI', { sides: [] }, 0, 120],
])('people keep %s', async (_, change, annotated, items) =>
  expect(budget.kept({ ...(await view()), ...change }, { items: 120, annotated })).toBe(items));

test.each([
  [{ size: 60, items: 120, audit_percent: 2 }, 52],
  [{ size: 0, items: 120, audit_percent: 5 }, 5],
  [{ size: 30, items: 120, audit_percent: 0 }, 25],
  [{ size: 120, items: 120, audit_percent: 5 }, 100],
  [{ size: 0, items: 0, audit_percent: 0 }, 0],
])('%j: %d per cent go by lot', async ({ size, items, audit_percent }, percent) => {
  const { pilot, settings, ...rest } = await view();
  const changed = { pilot: { ...pilot, size }, settings: { ...settings, audit_percent } };
  expect(budget.byLot({ ...rest, ...changed, items })).toBe(percent);
});

const STEPS: [FakeOptions['routing'], { pilot?: object; sides?: [] }, budget.Step][] = [
  ['pilot', {}, 'label'],
  ['labelled', {}, 'compute'],
  ['labelled', { pilot: { size: 30, labelled: 30 } }, 'more'],
  ['labelled', { pilot: { size: 30, labelled: 30, imported: 10 } }, 'compute'],
  ['labelled', { sides: [] }, 'choose'],
  ['curve', {}, 'choose'],
];
test.each(STEPS)('%s, %j: next is to %s', async (routing, { pilot, ...change }, next) => {
  const found = await view({ routing });
  expect(budget.step({ ...found, ...change, pilot: { ...found.pilot, ...pilot } })).toBe(next);
});

test.each([
  ['90 % of the pairs have a single vote: it is its own majority. A second', '90 % of the pairs have a single vote'],
  ['no sample was drawn', 'no sample was drawn'],
  ['0.5 % are left. The rest', '0.5 % are left'],
  ['One sentence.', 'One sentence'],
])('%j in short: %j', (note, short) => expect(budget.inShort(note)).toBe(short));

test('auto has the curve of what it takes', async () => {
  const { curve } = await view();
  expect(budget.curveOf(curve!, 'auto', 25)?.policy).toBe('ai-error');
  expect(budget.curveOf(curve!, 'auto', 95)?.policy).toBe('random');
  expect(budget.curveOf(curve!, 'random', 25)?.policy).toBe('random');
  expect(budget.curveOf(curve!, 'unheard-of', 25)).toBeNull();
});

test.each([
  [0, 'random'],
  [14, 'random'],
  [15, 'random'],
  [16, 'value'],
  [100, 'value'],
])('with %d per cent auto takes %s', async (percent, policy) => {
  const { curve } = await view();
  const chosen_at = [
    { human_percent: 10, policy: 'random', reason: '' },
    { human_percent: 20, policy: 'value', reason: '' },
  ];
  expect(budget.chosenAt({ ...curve!, chosen_at }, percent).policy).toBe(policy);
  expect(budget.chosenAt({ ...curve!, chosen_at: [] }, percent).policy).toBe(curve!.chosen);
});

test.each([
  ['ppm-unlimited', 0, 0],
  ['ppm-unlimited', 25, 15],
  ['ppm-unlimited', 50, 30],
  ['ppm-unlimited', 80, 30],
  // Less for rounding alone is no less.
  ['random', 80, 80],
])('%s spends of %d per cent %d', (policy, percent, spends) =>
  expect(budget.spent({ policy, advantage: null, beats_random: false, points }, percent)).toBe(
    spends,
  ));

test('what is not measured spends all', () => expect(budget.spent(null, 35)).toBe(35));

test.each([
  [false, true],
  [true, false],
])('errors without a pattern %s: something beats random %s', async (noise, beats) =>
  expect(budget.anyBeatsRandom((await view({ noise })).curve!)).toBe(beats));

test('what says the same stays the same, so that nothing is drawn again', async () => {
  const before = await view();
  const copy = structuredClone(before);
  expect(budget.settled(before, copy)).toBe(before);
  const labelled = { ...copy, run: { ...copy.run!, labelled: 61 } };
  const after = budget.settled(before, labelled);
  expect(after.run?.labelled).toBe(61);
  expect(after.curve).toBe(before.curve);
  expect(budget.settled(null, copy)).toBe(copy);
});
