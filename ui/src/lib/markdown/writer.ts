/**
 * Writes text and formulas into elements and keeps where each piece of them stands in the source.
 */
import { fetchLate, late, type Late } from './late';
import type { Formula } from './math';
import { firstAfter, wrap, type Segment } from './paint';
import { lowerBound, type Positions } from './positions';

/** A piece of rendered text, or a formula, which is marked whole. */
export interface Piece {
  node: Text | HTMLElement;
  text: string;
  at: Positions;
  /** A line or a block begins here. */
  breaks: boolean;
}

/** Deeper than this, an answer is shown as it is: engines have limits. */
export const DEEPEST = 60;

export function element(tag: string, name = ''): HTMLElement {
  const made = document.createElement(tag);
  if (name !== '') made.className = name;
  return made;
}

export class Writer {
  readonly pieces: Piece[] = [];
  /** What was missing: all is to be written again when it is here. */
  readonly missing = new Set<keyof Late>();
  /** A line or a block begins with the next piece. */
  protected breaks = true;
  protected depth = 0;

  constructor(private readonly painted: readonly Segment[]) {}

  /** Text, cut where how it is marked changes. */
  text(parent: Node, text: string, at: Positions): void {
    if (text === '') return;
    let done = 0;
    for (let n = firstAfter(this.painted, at[0]!); n < this.painted.length; n++) {
      const segment = this.painted[n]!;
      const units = at.subarray(0, text.length + 1);
      if (segment.start >= at[text.length]!) break;
      const [begin, end] = [lowerBound(units, segment.start), lowerBound(units, segment.end)];
      this.piece(parent, text, at, done, begin, null);
      this.piece(parent, text, at, Math.max(done, begin), end, segment);
      done = Math.max(done, end);
    }
    this.piece(parent, text, at, done, text.length, null);
  }

  private piece(
    parent: Node,
    text: string,
    at: Positions,
    start: number,
    end: number,
    segment: Segment | null,
  ): void {
    if (end <= start) return;
    const shown = text.slice(start, end);
    const node = document.createTextNode(shown);
    const within = at.subarray(start, end + 1);
    this.pieces.push({ node, text: shown, at: within, breaks: this.takeBreak() });
    parent.appendChild(segment ? wrap(node, segment) : node);
  }

  private takeBreak(): boolean {
    const breaks = this.breaks;
    this.breaks = false;
    return breaks;
  }

  /** A formula; its source, until it can be drawn and where it is none after all. */
  protected formula(parent: Node, token: Pick<Formula, 'tex' | 'display'>, raw: string, at: Positions): void {
    const box = element(token.display ? 'div' : 'span', token.display ? 'formula display' : 'formula');
    box.setAttribute('dir', 'ltr');
    try {
      if (!late.formula) throw new Error('not here yet');
      late.formula(token.tex, box, token.display);
    } catch {
      if (!late.formula) {
        this.missing.add('formula');
        void fetchLate('formula');
      }
      const shown = element(token.display ? 'div' : 'span', 'source');
      this.text(parent.appendChild(shown), raw.trimEnd(), at);
      return;
    }
    const [start, end] = [at[0]!, at[raw.trimEnd().length]!];
    this.pieces.push({ node: box, text: '\u{fffc}', at: Int32Array.of(start, end), breaks: this.takeBreak() });
    const over = this.painted.slice(firstAfter(this.painted, start)).find((one) => one.start < end);
    parent.appendChild(over ? wrap(box, over) : box);
  }
}
