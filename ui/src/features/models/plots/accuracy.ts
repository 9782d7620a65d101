/** Accuracy of the model beside what length alone gives, each with its interval. */
import type { Marks, PlotOptions, PlotTable } from '../../../components/plot/plot';
import { AXIS, shares } from '../../../components/plot/plot';
import type { Catalogue } from '../../../i18n/en';
import type { IntervalView, QualityView } from '../../../ipc/bindings';
import { count, percent } from '../../../lib/format';

type Words = Catalogue['models']['quality'];

export interface Row {
  name: string;
  share: IntervalView;
  own: boolean;
}

export function rows(quality: QualityView, t: Words): Row[] {
  const all: [string, IntervalView | null][] = [
    [t.model, quality.accuracy],
    [t.lengthOnly, quality.length_only],
    [t.longerWins, quality.longer_wins],
  ];
  return all.flatMap(([name, share], at) => (share ? [{ name, share, own: at === 0 }] : []));
}

export function words(quality: QualityView, t: Words): string {
  const said = rows(quality, t).map(({ name, share }) =>
    t.row(name, percent(share.value), percent(share.low), percent(share.high)),
  );
  const ceiling = quality.ceiling === null ? [] : [`${t.ceiling} ${percent(quality.ceiling)}`];
  return t.comparedWords([...said, ...ceiling].join(', '));
}

export function table(quality: QualityView, t: Words): PlotTable {
  return {
    columns: [
      { name: t.what },
      { name: t.accuracy, number: true },
      { name: t.low, number: true },
      { name: t.high, number: true },
      { name: t.pairs, number: true },
    ],
    rows: [
      ...rows(quality, t).map(({ name, share }) => [
        name,
        percent(share.value),
        percent(share.low),
        percent(share.high),
        count(share.n),
      ]),
      ...(quality.ceiling === null ? [] : [[t.ceiling, percent(quality.ceiling), '', '', '']]),
    ],
  };
}

export function plot(marks: Marks, quality: QualityView, t: Words, width: number): PlotOptions {
  const { axisX, axisY, dot, gridX, link, ruleX, text } = marks;
  const shown = rows(quality, t);
  const ticks = width / 90;
  const ends = shown.flatMap(({ share }) => [share.low, share.high]);
  const lines = [
    { at: 0.5, name: t.chance },
    ...(quality.ceiling === null ? [] : [{ at: quality.ceiling, name: t.ceiling }]),
  ];
  const name = (row: Row) => row.name;
  const colour = (row: Row) => (row.own ? 'var(--accent)' : 'var(--muted)');
  return {
    width,
    height: 70 + 34 * shown.length,
    marginLeft: 104,
    marginRight: 44,
    marginTop: 24,
    marginBottom: 40,
    x: { domain: shares(0.4, 0.8, ...ends, ...lines.map(({ at }) => at)) },
    y: { type: 'point', domain: shown.map(name), padding: 0.6 },
    marks: [
      gridX({ stroke: 'var(--border)', strokeOpacity: 1, ticks }),
      axisX({ ...AXIS, label: t.share, tickFormat: percent, ticks }),
      axisY({ label: null, tickSize: 0 }),
      ruleX(lines, { x: 'at', stroke: 'var(--outline)', strokeDasharray: '4,3' }),
      text(lines, { x: 'at', text: 'name', frameAnchor: 'top', dy: -14, fill: 'var(--muted)' }),
      link(shown, {
        x1: (row: Row) => row.share.low,
        x2: (row: Row) => row.share.high,
        y: name,
        stroke: colour,
        strokeWidth: 2,
      }),
      dot(shown.filter(({ own }) => own), { x: (row: Row) => row.share.value, y: name, r: 5, fill: colour }),
      dot(shown.filter(({ own }) => !own), {
        x: (row: Row) => row.share.value,
        y: name,
        r: 5,
        symbol: 'diamond',
        fill: 'var(--surface)',
        stroke: colour,
        strokeWidth: 1.5,
      }),
      text(shown, {
        x: (row: Row) => row.share.high,
        y: name,
        text: (row: Row) => percent(row.share.value),
        dx: 8,
        textAnchor: 'start',
        fill: 'var(--text)',
      }),
    ],
  };
}
