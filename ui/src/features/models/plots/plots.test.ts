/** What each plot draws, says and has in its table. */
import { afterEach, describe, expect, test } from 'vitest';

import { drawn, marks, type Marks, type PlotOptions } from '../../../components/plot/plot';
import { i18n } from '../../../i18n/i18n.svelte';
import type { QualityView, TrainingPoint } from '../../../ipc/bindings';
import { FakeBackend } from '../../../ipc/fake';
import * as accuracy from './accuracy';
import * as history from './history';
import * as reliability from './reliability';
import * as slices from './slices';
import { partName } from '../words';

const fake = await new FakeBackend({ open: 40, latencyMs: 0 }).models();
const [model] = fake.models;
const quality: QualityView = model!.quality!;
const media: QualityView = { ...quality, length_only: null, longer_wins: null, ceiling: null };
const trainings: TrainingPoint[] = model!.history;
const library = await marks();
const t = () => i18n.t.models;

afterEach(() => i18n.set('en'));

function texts(draw: (marks: Marks) => PlotOptions): string[] {
  const svg = drawn(library, draw(library), '');
  return [...svg.querySelectorAll('text')].map((one) => one.textContent ?? '');
}

describe('accuracy beside length', () => {
  test('shows the share of each with its interval', () => {
    const { plot, table, words } = accuracy;
    const said = texts((m) => plot(m, quality, t().quality, 480));
    const shown = ['This model', 'Length only', 'Longer wins', '76%', '58%', '55%', 'chance'];
    expect(said).toEqual(expect.arrayContaining([...shown, 'Ceiling']));
    expect(words(quality, t().quality)).toContain('Length only 58% (53% to 63%)');
    expect(table(quality, t().quality).rows[1]).toEqual(['Length only', '58%', '53%', '63%', '340']);
    expect(table(quality, t().quality).rows.at(-1)?.slice(0, 2)).toEqual(['Ceiling', '88%']);
  });

  test('without a length there is the model alone', () => {
    const { plot, table } = accuracy;
    expect(table(media, t().quality).rows).toHaveLength(1);
    expect(texts((m) => plot(m, media, t().quality, 480))).not.toContain('Length only');
  });
});

describe('reliability', () => {
  test('has a dot for each class that holds pairs', () => {
    const empty = { from: 0.4, to: 0.5, confidence: 0.45, accuracy: 0, pairs: 0 };
    const some = { ...quality, reliability: [empty, ...quality.reliability] };
    const svg = drawn(library, reliability.plot(library, some, t().quality, 400), '');
    expect(svg.querySelectorAll('circle')).toHaveLength(5);
    expect(reliability.table(some, t().quality).rows).toHaveLength(5);
    expect(reliability.words(some, t().quality)).toMatch(/5 bins.*0\.046/);
  });

  test('larger dots are of more pairs', () => {
    const svg = drawn(library, reliability.plot(library, quality, t().quality, 400), '');
    const sizes = [...svg.querySelectorAll('circle')].map((dot) => Number(dot.getAttribute('r')));
    // The library draws larger dots first, so that they hide none.
    expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
    expect(new Set(sizes).size).toBe(5);
  });
});

describe('parts', () => {
  test.each(slices.kinds(quality))('by %s', (by) => {
    const parts = slices.parts(quality, by);
    const svg = drawn(library, slices.plot(library, quality, by, t().quality, 600), '');
    expect(svg.querySelectorAll('circle')).toHaveLength(parts.length);
    const table = slices.table(quality, by, t().quality);
    expect(table.rows.map(([name]) => name)).toEqual(parts.map(partName));
    expect(table.columns.map(({ name }) => name)).toContain('Length only');
    expect(slices.words(quality, by, t().quality)).toContain(partName(parts[0]!));
  });

  test.each([
    ['strength', '2', 'clearly better', 'deutlich besser'],
    ['strength', '9', '9', '9'],
    ['length_difference', '1.16–1.84', '1.16 to 1.84 times as long', '1,16- bis 1,84-mal so lang'],
    ['tag', '1.16–1.84', '1.16–1.84', '1.16–1.84'],
  ])('%s %s', (by, name, english, german) => {
    expect(partName({ by, name })).toBe(english);
    i18n.set('de');
    expect(partName({ by, name })).toBe(german);
  });

  test('those with names begin with the one of the most pairs', () => {
    const tags = slices.parts(quality, 'tag').map(({ accuracy: { n } }) => n);
    expect(tags).toEqual([...tags].sort((one, other) => other - one));
    const strengths = slices.parts(quality, 'strength').map(({ name }) => name);
    expect(strengths).toEqual(['1', '2', '3']);
  });

  test('more than are drawn are in the table', () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ ...quality.slices[0]!, name: `tag ${n}` }));
    const some = { ...quality, slices: many };
    const svg = drawn(library, slices.plot(library, some, 'tag', t().quality, 600), '');
    expect(svg.querySelectorAll('circle')).toHaveLength(slices.MOST);
    expect(slices.table(some, 'tag', t().quality).rows).toHaveLength(30);
  });
});

describe('history', () => {
  test('one point for each training, and length alone beside it', () => {
    const svg = drawn(library, history.plot(library, trainings, t(), 700), '');
    expect(svg.querySelectorAll('circle')).toHaveLength(trainings.length);
    const said = texts((m) => history.plot(m, trainings, t(), 700));
    expect(said).toEqual(expect.arrayContaining(['Model 75%', 'Length only', 'Labels by people']));
    expect(history.words(trainings, t())).toBe(
      '6 trainings: accuracy from 58% to 75% with 306 labels.',
    );
    const { columns, rows } = history.table(trainings, t());
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([columns.length]));
  });

  test.each([
    ['a single training', trainings.slice(0, 1)],
    ['images', trainings.map((point) => ({ ...point, length_only: null }))],
    ['the same labels twice', [trainings[0]!, trainings[0]!]],
  ])('%s', (_, points) => {
    const svg = drawn(library, history.plot(library, points, t(), 700), '');
    expect(svg.querySelectorAll('circle')).toHaveLength(points.length);
    expect(svg.outerHTML).not.toMatch(/NaN|undefined/);
  });

  test('objectives in the order in which they were learnt', () => {
    const [first, second] = trainings;
    const other = { ...second!, objective: 'helpfulness' };
    expect(history.objectives([first!, other, first!])).toEqual(['overall', 'helpfulness']);
  });
});

test('in German the numbers are German', () => {
  i18n.set('de');
  const space = '\u00a0';
  expect(accuracy.words(quality, t().quality)).toContain(`Nur die Länge 58${space}%`);
  expect(texts((m) => history.plot(m, trainings, t(), 700))).toContain(`Modell 75${space}%`);
});
