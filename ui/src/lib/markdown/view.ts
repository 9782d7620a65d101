/**
 * A text on the screen: chunks of elements that stand in a host element. The first screenful is
 * there when `show` returns; the rest follows in idle time, each chunk in a box of the height that
 * it is expected to have, so that the scroll bar is true from the beginning.
 */
import { build, buildRaw, type Built } from './build';
import { cutLines } from './cut';
import { whenIdle } from './idle';
import { fetchLate, type Late } from './late';
import type { Segment } from './paint';
import { Parsed, type Chunk } from './parse';
import { endBefore, lowerBound, verbatim, type Stretch } from './positions';
import { Steady } from './steady';
import type { Piece } from './writer';

interface Box {
  element: HTMLElement;
  chunk: Chunk;
  built: Built | null;
}

/** What is shown at once, in UTF-16 units: more than a tall screen. */
const FIRST = 4_500;
/** Texts longer than this skip the layout of what is out of sight. */
const LONG = 40_000;

export class TextView {
  private boxes: Box[] = [];
  private parsed: Parsed | null = null;
  private painted: readonly Segment[] = [];
  private stop: () => void = () => {};
  private steady: Steady | null = null;

  constructor(
    readonly host: HTMLElement,
    readonly source: string,
    readonly raw: boolean,
  ) {}

  /** Draws the beginning, and the rest later. */
  show(painted: readonly Segment[]): void {
    this.painted = painted;
    const long = this.source.length > LONG;
    this.parsed = this.raw ? null : new Parsed(this.source);
    const chunks = this.parsed?.chunks ?? this.rawChunks();
    this.host.replaceChildren();
    this.boxes = chunks.map((chunk) => ({ element: document.createElement('div'), chunk, built: null }));
    let shown = 0;
    for (const [n, box] of this.boxes.entries()) {
      const goesOn = this.boxes[n + 1]?.chunk.continued ?? false;
      box.element.className = goesOn ? 'chunk goes-on' : 'chunk';
      if (shown < FIRST) this.draw(box);
      else expect(box, 1);
      // Lets the engine skip it while it is out of sight.
      if (long && box.built === null) box.element.classList.add('skippable');
      shown += box.chunk.text.length;
    }
    this.host.append(...this.boxes.map((box) => box.element));
    if (this.boxes.length > 1) {
      this.steady = new Steady(this.host);
      this.steady.watch(this.boxes.map((box) => box.element));
    }
    if (this.boxes.some((box) => !box.built)) this.drawRest();
  }

  destroy(): void {
    this.stop();
    this.steady?.stop();
    this.boxes = [];
  }

  /** Marks other passages; only chunks in which something changes are built anew. */
  paint(painted: readonly Segment[]): void {
    const before = this.painted;
    this.painted = painted;
    for (const box of this.boxes) {
      if (box.built && !sameWithin(spanOf(box.chunk), before, painted)) this.draw(box);
    }
  }

  /** Draws everything that is still to come. */
  finish(): void {
    for (const box of this.boxes) if (!box.built) this.draw(box);
  }

  /** The pieces of all that is drawn, in order. */
  pieces(): Piece[] {
    return this.boxes.flatMap((box) => box.built?.pieces ?? []);
  }

  /** How many chunks there are. */
  get length(): number {
    return this.boxes.length;
  }

  /** The pieces of a chunk, which is drawn if it is not yet. */
  piecesOf(index: number): Piece[] {
    const box = this.boxes[index];
    if (!box) return [];
    if (!box.built) this.draw(box);
    return box.built!.pieces;
  }

  /** The chunk that holds an offset of the source. */
  chunkAt(offset: number): number {
    const found = this.boxes.findIndex((box) => box.chunk.end > offset);
    return found < 0 ? this.boxes.length - 1 : found;
  }

  /** What a selection covers of the source; null where it covers none of its text. */
  stretch(range: Range): Stretch | null {
    let [start, end] = [Infinity, -1];
    for (const box of this.boxes) {
      if (!box.built || !range.intersectsNode(box.element)) continue;
      for (const piece of box.built.pieces) {
        if (!range.intersectsNode(piece.node)) continue;
        const from = piece.node === range.startContainer ? range.startOffset : 0;
        const to = piece.node === range.endContainer ? range.endOffset : piece.text.length;
        if (to <= from) continue;
        start = Math.min(start, piece.at[from]!);
        end = Math.max(end, endBefore(to, piece.text, piece.at, this.source));
      }
    }
    return end < 0 ? null : trimmed({ start, end }, this.source);
  }

  /** Where a stretch of the source is on the screen. */
  range({ start, end }: Stretch): Range | null {
    const range = document.createRange();
    let found = false;
    for (let n = this.chunkAt(start); n <= this.chunkAt(Math.max(start, end - 1)); n++) {
      for (const { node, text, at } of this.piecesOf(n)) {
        if (at[text.length]! <= start || at[0]! >= end) continue;
        if (node instanceof Text) {
          const units = at.subarray(0, text.length + 1);
          if (!found) range.setStart(node, lowerBound(units, start));
          range.setEnd(node, Math.max(lowerBound(units, end), found ? 0 : range.startOffset));
        } else {
          if (!found) range.setStartBefore(node);
          range.setEndAfter(node);
        }
        found = true;
      }
    }
    return found ? range : null;
  }

  private rawChunks(): Chunk[] {
    return cutLines(this.source).map(({ start, end, continued }) => ({
      text: this.source.slice(start, end),
      at: verbatim(end - start, start),
      start,
      end,
      continued,
    }));
  }

  private draw(box: Box): void {
    const { chunk, element } = box;
    const built = this.parsed
      ? build(this.parsed, chunk, this.painted)
      : buildRaw(chunk.text, chunk.at[0]!, this.painted);
    box.built = built;
    element.style.height = '';
    element.replaceChildren(...built.nodes);
    for (const which of built.missing) void this.drawAgain(box, built, which);
  }

  /** Draws a chunk anew when what it lacked is here. */
  private async drawAgain(box: Box, built: Built, which: keyof Late): Promise<void> {
    try {
      await fetchLate(which);
    } catch {
      // The text stays as it is: readable, without colours or as source.
      return;
    }
    if (box.built === built && this.boxes.includes(box)) this.draw(box);
  }

  private drawRest(): void {
    let known = false;
    this.stop = whenIdle(() => {
      const box = this.boxes.find((one) => !one.built);
      if (!box) return false;
      if (!known) this.adjustExpected();
      known = true;
      this.draw(box);
      return true;
    });
  }

  /** Expects of what is still to be drawn what was true of what is. */
  private adjustExpected(): void {
    let [expected, actual] = [0, 0];
    for (const { element, chunk, built } of this.boxes) {
      if (!built) break;
      expected += expectedHeight(chunk.text);
      actual += element.offsetHeight;
    }
    const ratio = actual > 0 && expected > 0 ? Math.min(Math.max(actual / expected, 0.5), 4) : 1;
    for (const box of this.boxes) if (!box.built) expect(box, ratio);
  }
}

/** Gives a box the height that it is likely to have, for as long as the engine does not know. */
function expect({ element, chunk }: Box, ratio: number): void {
  const height = Math.round(expectedHeight(chunk.text) * ratio);
  element.style.height = `${height}px`;
  element.style.setProperty('contain-intrinsic-block-size', `auto ${height}px`);
}

/** All that is shown of the source in a chunk: a head that is said again lies before it. */
function spanOf({ at, end }: Chunk): Stretch {
  return { start: at[0]!, end };
}

function trimmed({ start, end }: Stretch, source: string): Stretch | null {
  const text = source.slice(start, end);
  const solid = text.trim();
  if (solid === '') return null;
  const lead = text.length - text.trimStart().length;
  return { start: start + lead, end: start + lead + solid.length };
}

function sameWithin(where: Stretch, a: readonly Segment[], b: readonly Segment[]): boolean {
  const within = (all: readonly Segment[]): Segment[] =>
    all.filter((one) => one.end > where.start && one.start < where.end);
  return JSON.stringify(within(a)) === JSON.stringify(within(b));
}

/** Pixels, roughly: lines of 90 units. */
function expectedHeight(text: string): number {
  let lines = 0;
  for (const line of text.split('\n')) lines += line === '' ? 0.5 : Math.ceil(line.length / 90);
  return Math.round(lines * 23);
}
