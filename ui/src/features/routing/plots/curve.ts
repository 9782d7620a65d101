/** What each policy buys for each budget. */
import type { Marks, PlotOptions, PlotTable } from '../../../components/plot/plot';
import { AXIS, shares } from '../../../components/plot/plot';
import type { Catalogue } from '../../../i18n/en';
import type { BudgetCurveView, IntervalView, PolicyCurveView } from '../../../ipc/bindings';
import { percent, percentRange, percentTenths } from '../../../lib/format';
import { at, type Measure } from '../budget';
import { seriesOf } from '../series';

type Words = Catalogue['routing'];

/** Where the axes are, in pixels, so that a handle can lie over them. */
export const FRAME = { left: 56, right: 24, top: 16, bottom: 42, height: 360 } as const;

interface Spot {
  policy: string;
  x: number;
  share: IntervalView;
}

function spots({ policy, points }: PolicyCurveView, measure: Measure): Spot[] {
  return points
    .flatMap((point) => {
      const share = point[measure];
      return share ? [{ policy, x: point.human_percent, share }] : [];
    })
    .sort((one, other) => one.x - other.x);
}

const name = (policy: string, t: Words) => t.policies[policy]?.name ?? policy;

/** What is to be seen: the ends, and each policy half way. */
export function words(curve: BudgetCurveView, measure: Measure, t: Words): string {
  const half = curve.policies.flatMap((one) => {
    const share = at(one.points, measure, 50);
    return share ? [t.curve.row(name(one.policy, t), percentTenths(share.value))] : [];
  });
  const any = curve.policies[0];
  const ends = [0, 100].map((x) => any && at(any.points, measure, x));
  const [ai, people] = ends.map((share) => (share ? percentTenths(share.value) : '–'));
  return t.curve.words(t.curve.measures[measure], ai ?? '–', people ?? '–', half.join(', '));
}

export function table(curve: BudgetCurveView, measure: Measure, t: Words): PlotTable {
  const budgets = new Set(curve.policies.flatMap((one) => spots(one, measure).map(({ x }) => x)));
  const said = (share: IntervalView | null | undefined) =>
    share
      ? t.curve.withInterval(percentTenths(share.value), percentRange(share.low, share.high))
      : '–';
  return {
    columns: [
      { name: t.curve.forPeople },
      ...curve.policies.map(({ policy }) => ({ name: name(policy, t), number: true })),
    ],
    rows: [...budgets]
      .sort((one, other) => one - other)
      .map((budget) => [
        percent(budget / 100),
        ...curve.policies.map((one) =>
          said(one.points.find((point) => point.human_percent === budget)?.[measure]),
        ),
      ]),
  };
}

/** From the least to the most that is drawn, bands included, and no more. */
export function domain(
  curve: BudgetCurveView,
  measure: Measure,
  banded: readonly string[],
): [number, number] {
  const all = curve.policies.flatMap((one) => {
    const found = spots(one, measure).map(({ share }) => share);
    return banded.includes(one.policy)
      ? found.flatMap(({ low, high }) => [low, high])
      : found.map(({ value }) => value);
  });
  return shares(Math.min(0.95, ...all), Math.max(0.05, ...all));
}

/** Plots all curves; those in `shown` (the chosen one last) stand out and have their bands. */
export function plot(
  marks: Marks,
  curve: BudgetCurveView,
  measure: Measure,
  shown: readonly string[],
  t: Words,
  width: number,
): PlotOptions {
  const { areaY, axisX, axisY, dot, gridX, gridY, line } = marks;
  const grid = { stroke: 'var(--border)', strokeOpacity: 1 };
  const x = (spot: Spot) => spot.x;
  const value = (spot: Spot) => spot.share.value;
  const quiet = curve.policies.filter(({ policy }) => !shown.includes(policy));
  const loud = shown.flatMap((one) => curve.policies.filter(({ policy }) => policy === one));
  // Every policy's band counts for the scale: choosing another must not move the axis.
  const scale = domain(curve, measure, curve.policies.map(({ policy }) => policy));
  return {
    width,
    height: FRAME.height,
    marginLeft: FRAME.left,
    marginRight: FRAME.right,
    marginTop: FRAME.top,
    marginBottom: FRAME.bottom,
    x: { domain: [0, 100] },
    y: { domain: scale },
    marks: [
      gridX({ ...grid, ticks: 5 }),
      gridY({ ...grid, ticks: 6 }),
      axisX({
        ...AXIS,
        label: t.curve.forPeople,
        tickFormat: (budget: number) => percent(budget / 100),
        ticks: 5,
      }),
      axisY({ ...AXIS, label: t.curve.measures[measure], tickFormat: percent, ticks: 6 }),
      ...loud.map((one) =>
        areaY(spots(one, measure), {
          x,
          y1: (spot: Spot) => spot.share.low,
          y2: (spot: Spot) => spot.share.high,
          fill: seriesOf(one.policy).colour,
          fillOpacity: 0.14,
        }),
      ),
      // The dots of random last: a line that is the same as another shows through it.
      ...[...quiet.reverse(), ...loud].flatMap((one) => {
        const { colour, dash, marker } = seriesOf(one.policy);
        const stands = shown.includes(one.policy);
        const drawn = spots(one, measure);
        return [
          line(drawn, {
            x,
            y: value,
            stroke: colour,
            strokeWidth: stands ? 2.5 : 1.25,
            strokeOpacity: stands ? 1 : 0.75,
            ...(dash ? { strokeDasharray: dash } : {}),
          }),
          dot(drawn, {
            x,
            y: value,
            r: stands ? 4 : 3,
            symbol: marker as 'circle',
            fill: stands ? colour : 'var(--surface)',
            stroke: colour,
            strokeWidth: 1.25,
          }),
        ];
      }),
    ],
  };
}

/** How far from the top a share is drawn, in pixels. */
export function heightOf(curve: BudgetCurveView, measure: Measure, share: number): number {
  const [low, high] = domain(curve, measure, curve.policies.map(({ policy }) => policy));
  const tall = FRAME.height - FRAME.top - FRAME.bottom;
  return FRAME.top + (tall * (high - share)) / (high - low);
}

/** The policy whose curve is nearest to a place over the plot; null if none is near. */
export function nearest(
  curve: BudgetCurveView,
  measure: Measure,
  x: number,
  y: number,
  width: number,
): string | null {
  const inner = width - FRAME.left - FRAME.right;
  const budget = (100 * (x - FRAME.left)) / inner;
  if (!(inner > 0) || budget < 0 || budget > 100) return null;
  let best: string | null = null;
  let distance: number = NEAR;
  for (const one of curve.policies) {
    const share = at(one.points, measure, budget);
    if (!share) continue;
    const off = Math.abs(y - heightOf(curve, measure, share.value));
    if (off < distance) [best, distance] = [one.policy, off];
  }
  return best;
}

/** So many pixels away a curve is still meant. */
const NEAR = 12;
