/** Plots: the library behind them, and what they share. */
import type { PlotOptions } from './marks';

export type Marks = typeof import('./marks');
export type { PlotOptions };

/** What a plot shows, as rows for those who read rather than see. */
export interface PlotTable {
  columns: { name: string; number?: boolean }[];
  rows: string[][];
}

let loading: Promise<Marks> | null = null;

/** The chart library. It is fetched with the first plot: who only annotates does without it. */
export function marks(): Promise<Marks> {
  loading ??= import('./marks').catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** The drawn plot, to be put on the page, with `label` as its name. */
export function drawn(library: Marks, options: PlotOptions, label: string): Element {
  const svg = library.plot({ className: 'plot', ...options });
  // The library brings a style sheet inside the drawing. The page's policy refuses those that are
  // not files; PlotFigure.svelte has the same rules.
  svg.querySelector('style')?.remove();
  // A picture has one name: those of its parts would name what has no role.
  for (const part of svg.querySelectorAll('[aria-label], [aria-description]')) {
    part.removeAttribute('aria-label');
    part.removeAttribute('aria-description');
  }
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  return svg;
}

/** How axes look. */
export const AXIS = { labelAnchor: 'center', labelArrow: 'none', tickSize: 0 } as const;

/** A domain from `from` to `to` in steps of 5 %, wide enough for all shares, within 0 and 1. */
export function shares(from: number, to: number, ...values: number[]): [number, number] {
  const step = 20;
  const low = Math.min(from, ...values);
  const high = Math.max(to, ...values);
  return [
    Math.max(0, Math.floor(low * step + 1e-9) / step),
    Math.min(1, Math.ceil(high * step - 1e-9) / step),
  ];
}

/** At most so many characters, cut with an ellipsis. */
export function short(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('').trimEnd()}…`;
}
