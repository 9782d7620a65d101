/** The large libraries, for formulas and for code, which are fetched when a text first needs one. */
import type { Root } from 'hast';

export interface Late {
  /** Draws a formula into the element; throws where it is not one. */
  formula?: (tex: string, into: HTMLElement, display: boolean) => void;
  /** Code as a tree of classed spans; null for a language that is not known. */
  code?: (text: string, language: string) => Root | null;
}

/** What is here by now. */
export const late: Late = {};

const fetched: Record<keyof Late, () => Promise<void>> = {
  async formula() {
    late.formula = (await import('./late-formula')).drawFormula;
  },
  async code() {
    late.code = (await import('./late-code')).highlightCode;
  },
};

const asked: Partial<Record<keyof Late, Promise<void>>> = {};

/** Fetches one of them, once. */
export function fetchLate(which: keyof Late): Promise<void> {
  return (asked[which] ??= fetched[which]());
}
