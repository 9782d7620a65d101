/** Accuracy against the number of labels, one point for each training. */
import type { Marks, PlotOptions, PlotTable } from '../../../components/plot/plot';
import { AXIS, shares } from '../../../components/plot/plot';
import type { Catalogue } from '../../../i18n/en';
import type { TrainingPoint } from '../../../ipc/bindings';
import { count, decimal, duration, moment, percent } from '../../../lib/format';

type Words = Catalogue['models'];

/** What was learnt, in the order in which it first was. */
export const objectives = (history: TrainingPoint[]): string[] => [
  ...new Set(history.map((point) => point.objective)),
];

export function words(points: TrainingPoint[], t: Words): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return t.history.none;
  const share = (point: TrainingPoint) => percent(point.accuracy.value);
  return t.history.words(points.length, share(first), share(last), last.labels);
}

export function table(points: TrainingPoint[], t: Words): PlotTable {
  const number = true;
  return {
    columns: [
      { name: t.history.when },
      { name: t.history.cause },
      { name: t.history.labels, number },
      { name: t.history.pairs, number },
      { name: t.history.accuracy, number },
      { name: t.quality.low, number },
      { name: t.quality.high, number },
      { name: t.quality.lengthOnly, number },
      { name: t.history.brier, number },
      { name: t.history.calibration, number },
      { name: t.history.seconds, number },
      { name: t.history.hash },
    ],
    rows: points.map((point) => [
      moment(point.trained_at),
      t.history.causes[point.cause] ?? point.cause,
      count(point.labels),
      count(point.pairs),
      percent(point.accuracy.value),
      percent(point.accuracy.low),
      percent(point.accuracy.high),
      point.length_only === null ? '–' : percent(point.length_only),
      decimal(point.brier, 3),
      decimal(point.calibration_error, 3),
      duration(point.seconds),
      point.hash,
    ]),
  };
}

/** Below this distance two labels would lie on each other. */
const CLOSE = 0.04;

export function plot(marks: Marks, points: TrainingPoint[], t: Words, width: number): PlotOptions {
  const { axisX, axisY, dot, gridY, line, ruleX, ruleY, text } = marks;
  const beside = points.filter((point) => point.length_only !== null);
  const last = points.at(-1);
  const most = Math.max(1, ...points.map((point) => point.labels));
  const domain = shares(
    0.45,
    0.8,
    ...points.flatMap(({ accuracy, length_only }) => [
      accuracy.low,
      accuracy.high,
      length_only ?? accuracy.value,
    ]),
  );
  const value = (point: TrainingPoint) => point.accuracy.value;
  const gap = last?.length_only == null ? 1 : value(last) - last.length_only;
  const apart = Math.abs(gap) >= CLOSE ? 0 : gap >= 0 ? -8 : 8;
  const end = { x: 'labels', dx: 10, textAnchor: 'start' } as const;
  return {
    width,
    height: 250,
    marginLeft: 56,
    marginRight: 96,
    marginTop: 14,
    marginBottom: 40,
    x: { domain: [0, most * 1.04] },
    y: { domain },
    marks: [
      gridY({ stroke: 'var(--border)', strokeOpacity: 1, ticks: 5 }),
      axisX({
        ...AXIS,
        label: t.history.labels,
        tickFormat: count,
        tickSize: 4,
        ticks: Math.min(most, width / 90),
      }),
      axisY({ ...AXIS, label: t.history.accuracy, tickFormat: percent, ticks: 5 }),
      ruleY([0.5], { stroke: 'var(--outline)', strokeDasharray: '1,3' }),
      text([0.5], {
        y: (at: number) => at,
        text: () => t.quality.chance,
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 10,
        fill: 'var(--muted)',
      }),
      line(beside, {
        x: 'labels',
        y: 'length_only',
        stroke: 'var(--muted)',
        strokeDasharray: '6,4',
      }),
      dot(beside, {
        x: 'labels',
        y: 'length_only',
        r: 3.5,
        symbol: 'diamond',
        fill: 'var(--surface)',
        stroke: 'var(--muted)',
        strokeWidth: 1.5,
      }),
      ruleX(points, {
        x: 'labels',
        y1: (point: TrainingPoint) => point.accuracy.low,
        y2: (point: TrainingPoint) => point.accuracy.high,
        stroke: 'var(--accent)',
        strokeWidth: 1.5,
      }),
      line(points, { x: 'labels', y: value, stroke: 'var(--accent)', strokeWidth: 2 }),
      dot(points, { x: 'labels', y: value, r: 4.5, fill: 'var(--accent)' }),
      text(last ? [last] : [], {
        ...end,
        y: value,
        dy: apart,
        text: (point: TrainingPoint) => `${t.history.model} ${percent(value(point))}`,
        fill: 'var(--accent)',
        fontWeight: 600,
      }),
      text(beside.slice(-1), {
        ...end,
        y: 'length_only',
        dy: -apart,
        text: () => t.quality.lengthOnly,
        fill: 'var(--muted)',
      }),
    ],
  };
}
