/** What the plot of the budget curve draws, says and has in its table. */
import { afterEach, expect, test } from 'vitest';

import { drawn, marks } from '../../../components/plot/plot';
import { i18n } from '../../../i18n/i18n.svelte';
import { FakeBackend } from '../../../ipc/fake';
import { POLICIES } from '../budget';
import { MARKERS, seriesOf } from '../series';
import * as plots from './curve';

const backend = new FakeBackend({ open: 120, latencyMs: 0, routing: 'curve' });
const curve = (await backend.routing()).curve!;
const library = await marks();
const t = () => i18n.t.routing;

afterEach(() => i18n.set('en'));

test.each(['labels', 'reward'] as const)('%s: a line for each policy, bands for those that stand out', (measure) => {
  const svg = drawn(library, plots.plot(library, curve, measure, ['random', 'value'], t(), 600), '');
  const colours = curve.policies.map(({ policy }) => seriesOf(policy).colour);
  for (const colour of colours) expect(svg.innerHTML).toContain(colour);
  expect(svg.querySelectorAll('[fill-opacity="0.14"]')).toHaveLength(2);
  expect(svg.outerHTML).not.toMatch(/NaN|undefined/);
});

test('each is told apart without colour', () => {
  const kinds = POLICIES.slice(1).map(seriesOf);
  expect(new Set(kinds.map(({ colour }) => colour)).size).toBe(kinds.length);
  expect(new Set(kinds.map(({ dash }) => dash)).size).toBe(kinds.length);
  expect(new Set(kinds.map(({ marker }) => marker)).size).toBe(kinds.length);
  expect(kinds.filter(({ marker }) => !MARKERS[marker])).toEqual([]);
});

test('choosing another policy does not move the axis', () => {
  const axis = (shown: string[]) =>
    JSON.stringify(plots.plot(library, curve, 'labels', shown, t(), 600).y);
  expect(axis(['random'])).toBe(axis(['value', 'ai-error']));
});

test('the table has a row for each budget and a column for each policy', () => {
  const { columns, rows } = plots.table(curve, 'labels', t());
  expect(columns.map(({ name }) => name)).toEqual([
    'Labelled by people',
    'Random',
    'Least certain',
    'AI error',
    'PPM top k',
    'PPM simulated',
    'PPM unlimited',
    'Value',
  ]);
  expect(rows.map(([budget]) => budget).slice(0, 3)).toEqual(['0%', '10%', '20%']);
  expect(rows[0]?.[1]).toBe('74.2% (71–78%)');
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([columns.length]));
});

test('what was not measured is a dash', () => {
  const some = {
    ...curve,
    policies: curve.policies.map((one, at) => ({
      ...one,
      points: one.points.map((point) => (at === 1 ? { ...point, reward: null } : point)),
    })),
  };
  expect(plots.table(some, 'reward', t()).rows[0]?.[2]).toBe('–');
  const svg = drawn(library, plots.plot(library, some, 'reward', ['least-certain'], t(), 600), '');
  expect(svg.outerHTML).not.toMatch(/NaN|undefined/);
});

test.each([
  ['en', /^Agreement with people’s majority from 74\.2% when the AI labels all to 93\.1%.*At 50%: Random 83\.7%, /],
  ['de', /^Übereinstimmung mit der Mehrheit von 74,2\s%, .* 93,1\s%.*Bei 50 %: Zufall: 83,7\s%, /],
] as const)('in words, %s', (language, words) => {
  i18n.set(language);
  expect(plots.words(curve, 'labels', t())).toMatch(words);
});

test('the curve that is meant is the nearest one', () => {
  const width = 600;
  const x = plots.FRAME.left + (width - plots.FRAME.left - plots.FRAME.right) / 2;
  for (const policy of ['random', 'ai-error']) {
    const { points } = curve.policies.find((one) => one.policy === policy)!;
    const half = points.find((point) => point.human_percent === 50)!.labels.value;
    const y = plots.heightOf(curve, 'labels', half);
    expect(plots.nearest(curve, 'labels', x, y, width)).toBe(policy);
  }
  expect(plots.nearest(curve, 'labels', x, 0, width)).toBeNull();
  expect(plots.nearest(curve, 'labels', 2, 100, width)).toBeNull();
});
