/** The reliability diagram: how often the model is right against how sure it is. */
import type { Marks, PlotOptions, PlotTable } from '../../../components/plot/plot';
import { AXIS, shares } from '../../../components/plot/plot';
import type { Catalogue } from '../../../i18n/en';
import type { QualityView, ReliabilityBin } from '../../../ipc/bindings';
import { count, decimal, percent } from '../../../lib/format';

type Words = Catalogue['models']['quality'];

const filled = (quality: QualityView) => quality.reliability.filter((bin) => bin.pairs > 0);

export const words = (quality: QualityView, t: Words): string =>
  t.reliabilityWords(filled(quality).length, decimal(quality.calibration_error, 3));

export function table(quality: QualityView, t: Words): PlotTable {
  return {
    columns: [
      { name: t.sure },
      { name: t.right, number: true },
      { name: t.pairs, number: true },
    ],
    rows: filled(quality).map((bin) => [
      `${t.bin(percent(bin.from), percent(bin.to))} (⌀ ${percent(bin.confidence)})`,
      percent(bin.accuracy),
      count(bin.pairs),
    ]),
  };
}

export function plot(marks: Marks, quality: QualityView, t: Words, width: number): PlotOptions {
  const { axisX, axisY, dot, gridX, gridY, line, link } = marks;
  const bins = filled(quality);
  const most = Math.max(1, ...bins.map((bin) => bin.pairs));
  const perfect = [
    { sure: 0.5, right: 0.5 },
    { sure: 1, right: 1 },
  ];
  const grid = { stroke: 'var(--border)', strokeOpacity: 1, ticks: 5 };
  return {
    width,
    height: 236,
    marginLeft: 56,
    marginRight: 20,
    marginTop: 14,
    marginBottom: 40,
    x: { domain: [0.5, 1] },
    y: { domain: shares(0.4, 1, ...bins.map((bin) => bin.accuracy)) },
    r: { type: 'identity' },
    marks: [
      gridX(grid),
      gridY(grid),
      axisX({ ...AXIS, label: t.sure, tickFormat: percent, ticks: 5 }),
      axisY({ ...AXIS, label: t.right, tickFormat: percent, ticks: 5 }),
      line(perfect, { x: 'sure', y: 'right', stroke: 'var(--outline)', strokeDasharray: '4,3' }),
      link(bins, { x: 'confidence', y1: 'confidence', y2: 'accuracy', stroke: 'var(--accent)' }),
      dot(bins, {
        x: 'confidence',
        y: 'accuracy',
        r: (bin: ReliabilityBin) => 3 + 6 * Math.sqrt(bin.pairs / most),
        fill: 'var(--accent)',
        stroke: 'var(--surface)',
      }),
    ],
  };
}
