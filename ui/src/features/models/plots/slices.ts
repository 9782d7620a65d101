/** Accuracy on parts of the pairs: by tag, source, difference in length, strength. */
import type { Marks, PlotOptions, PlotTable } from '../../../components/plot/plot';
import { AXIS, shares, short } from '../../../components/plot/plot';
import type { Catalogue } from '../../../i18n/en';
import type { QualityView, SliceView } from '../../../ipc/bindings';
import { count, percent } from '../../../lib/format';
import { partName } from '../words';

type Words = Catalogue['models']['quality'];

/** So many parts are drawn; the rest are in the table. */
export const MOST = 12;

/** What the parts are by, in their order. */
export const kinds = (quality: QualityView): string[] => [
  ...new Set(quality.slices.map((slice) => slice.by)),
];

/** Those with a name of their own begin with the one of the most pairs; the others have an order. */
export function parts(quality: QualityView, by: string): SliceView[] {
  const found = quality.slices.filter((slice) => slice.by === by);
  if (by === 'strength' || by === 'length_difference') return found;
  return found.sort((one, other) => other.accuracy.n - one.accuracy.n);
}

export function words(quality: QualityView, by: string, t: Words): string {
  const said = parts(quality, by)
    .slice(0, MOST)
    .map((slice) => `${partName(slice)} ${percent(slice.accuracy.value)}`);
  return t.slicesWords(t.by[by] ?? by, said.join(', '));
}

export function table(quality: QualityView, by: string, t: Words): PlotTable {
  const length = parts(quality, by).some((slice) => slice.length_only !== null);
  return {
    columns: [
      { name: t.by[by] ?? by },
      { name: t.accuracy, number: true },
      { name: t.low, number: true },
      { name: t.high, number: true },
      ...(length ? [{ name: t.lengthOnly, number: true }] : []),
      { name: t.pairs, number: true },
    ],
    rows: parts(quality, by).map((slice) => [
      partName(slice),
      percent(slice.accuracy.value),
      percent(slice.accuracy.low),
      percent(slice.accuracy.high),
      ...(length ? [slice.length_only ? percent(slice.length_only.value) : '–'] : []),
      count(slice.accuracy.n),
    ]),
  };
}

export function plot(
  marks: Marks,
  quality: QualityView,
  by: string,
  t: Words,
  width: number,
): PlotOptions {
  const { axisX, axisY, dot, gridX, link, ruleX, text } = marks;
  const shown = parts(quality, by).slice(0, MOST);
  const ticks = width / 110;
  const room = Math.min(220, width * 0.36);
  const label = (slice: SliceView) => short(t.partOf(partName(slice), slice.accuracy.n), room / 6.6);
  // Two parts may be cut to the same words: rows are told apart by their names.
  const name = (slice: SliceView) => slice.name;
  const said = new Map(shown.map((slice) => [slice.name, label(slice)]));
  const ends = shown.flatMap(({ accuracy, length_only }) => [
    accuracy.low,
    accuracy.high,
    length_only?.value ?? accuracy.value,
  ]);
  return {
    width,
    height: 60 + 26 * shown.length,
    marginLeft: room,
    marginRight: 44,
    marginTop: 12,
    marginBottom: 40,
    x: { domain: shares(0.4, 0.8, ...ends) },
    y: { type: 'point', domain: shown.map(name), padding: 0.6 },
    marks: [
      gridX({ stroke: 'var(--border)', strokeOpacity: 1, ticks }),
      axisX({ ...AXIS, label: t.share, tickFormat: percent, ticks }),
      axisY({ label: null, tickSize: 0, tickFormat: (part: string) => said.get(part) ?? part }),
      ruleX([quality.accuracy.value], { stroke: 'var(--outline)' }),
      link(shown, {
        x1: (slice: SliceView) => slice.accuracy.low,
        x2: (slice: SliceView) => slice.accuracy.high,
        y: name,
        stroke: 'var(--accent)',
        strokeWidth: 2,
      }),
      dot(shown.filter(({ length_only }) => length_only !== null), {
        x: (slice: SliceView) => slice.length_only?.value,
        y: name,
        r: 4,
        symbol: 'diamond',
        fill: 'var(--surface)',
        stroke: 'var(--muted)',
        strokeWidth: 1.5,
      }),
      dot(shown, {
        x: (slice: SliceView) => slice.accuracy.value,
        y: name,
        r: 4.5,
        fill: 'var(--accent)',
      }),
      text(shown, {
        x: (slice: SliceView) => slice.accuracy.high,
        y: name,
        text: (slice: SliceView) => percent(slice.accuracy.value),
        dx: 8,
        textAnchor: 'start',
        fill: 'var(--text)',
      }),
    ],
  };
}
