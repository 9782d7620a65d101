/** How the curve of a policy is drawn: a colour, a dash and a marker, each enough to tell it. */
export interface Series {
  colour: string;
  /** As of `stroke-dasharray`; null is a line without gaps. */
  dash: string | null;
  /** A symbol's name in the chart library. */
  marker: string;
}

const SERIES: Record<string, Series> = {
  random: { colour: 'var(--muted)', dash: '2,3', marker: 'circle' },
  'least-certain': { colour: 'var(--series-1)', dash: null, marker: 'square' },
  'ai-error': { colour: 'var(--series-2)', dash: '7,3', marker: 'triangle' },
  'ppm-top-k': { colour: 'var(--series-3)', dash: '10,3,2,3', marker: 'diamond' },
  'ppm-simulated': { colour: 'var(--series-4)', dash: '4,2', marker: 'star' },
  'ppm-unlimited': { colour: 'var(--series-5)', dash: '12,4', marker: 'wye' },
  value: { colour: 'var(--series-6)', dash: '7,2,2,2,2,2', marker: 'cross' },
};

const OTHER: Series = { colour: 'var(--text)', dash: '1,2', marker: 'circle' };

export const seriesOf = (policy: string): Series => SERIES[policy] ?? OTHER;

/** The markers as paths about a middle of 0, as large as the chart library's of radius 4. */
export const MARKERS: Record<string, string> = {
  circle: 'M4,0A4,4,0,1,1,-4,0A4,4,0,1,1,4,0',
  square: 'M-3.5,-3.5h7v7h-7Z',
  triangle: 'M0,-4.8L4.2,2.6L-4.2,2.6Z',
  diamond: 'M0,-5L3,0L0,5L-3,0Z',
  star: 'M0,-5.4L1.2,-1.7L5.1,-1.7L2,0.6L3.2,4.4L0,2.1L-3.2,4.4L-2,0.6L-5.1,-1.7L-1.2,-1.7Z',
  wye: 'M1.3,0.8V4.8H-1.3V0.8L-4.8,-1.2L-3.4,-3.4L0,-1.5L3.4,-3.4L4.8,-1.2Z',
  cross: 'M-1.4,-4.4h2.8v3h3v2.8h-3v3h-2.8v-3h-3v-2.8h3Z',
};
