/**
 * A text on the screen: chunks of elements that stand in a host element. The first screenful is
 * there when `show` returns; the rest follows in idle time, each chunk in a box of the height that
 * it is expected to have, so that the scroll bar is true from the beginning.
 */
import { build, buildRaw, type Built, type Piece } from './build';
import { fetchLate, type Late } from './late';
import type { Segment } from './paint';
import { cutLines, parse, type Chunk, type Parsed } from './parse';
import { endBefore, lowerBound, verbatim } from './positions';
import { whenIdle } from './idle';

/** A stretch of the source, in UTF-16 units. */
export interface Stretch {
  start: number;
  end: number;
}

interface Box {
  element: HTMLElement;
  chunk: Chunk;
  built: Built | null;
}

/** What is shown at once: about two tall screens of text. */
const FIRST = 6_000;
/** Texts longer than this skip the layout of what is out of sight. */
const LONG = 40_000;

export class TextView {
  private boxes: Box[] = [];
  private parsed: Parsed | null = null;
  private painted: readonly Segment[] = [];
  private stop: () => void = () => {};
  private long = false;

  constructor(
    readonly host: HTMLElement,
    readonly source: string,
    readonly raw: boolean,
  ) {}

  /** Draws the beginning, and the rest later. */
  show(painted: readonly Segment[]): void {
    this.painted = painted;
    this.long = this.source.length > LONG;
    const chunks = this.raw ? this.rawChunks() : this.markdownChunks();
    this.host.replaceChildren();
    this.boxes = chunks.map((chunk) => ({ element: document.createElement('div'), chunk, built: null }));
    let shown = 0;
    for (const box of this.boxes) {
      box.element.className = 'chunk';
      if (shown < FIRST) this.draw(box);
      else box.element.style.height = `${expectedHeight(box.chunk.text)}px`;
      shown += box.chunk.text.length;
    }
    this.host.append(...this.boxes.map((box) => box.element));
    if (shown >= FIRST) this.drawRest();
  }

  destroy(): void {
    this.stop();
    this.boxes = [];
  }

  /** Marks other passages; only chunks in which something changes are built anew. */
  paint(painted: readonly Segment[]): void {
    const before = this.painted;
    this.painted = painted;
    for (const box of this.boxes) {
      if (box.built && !sameWithin(stretchOf(box.chunk), before, painted)) this.draw(box);
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
    const found = this.boxes.findIndex((box) => stretchOf(box.chunk).end > offset);
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

  private markdownChunks(): Chunk[] {
    try {
      this.parsed = parse(this.source);
      return this.parsed.chunks;
    } catch {
      // Absurdly deep nesting exhausts the parser's stack.
      return this.rawChunks();
    }
  }

  private rawChunks(): Chunk[] {
    let start = 0;
    return cutLines(this.source, 3_000).map((text) => {
      const chunk = { tokens: [], text, at: verbatim(text.length, start) };
      start += text.length;
      return chunk;
    });
  }

  private draw(box: Box): void {
    const { chunk, element } = box;
    const pending = element.style.height !== '';
    const built =
      this.parsed && !this.raw
        ? build(this.parsed, chunk, this.painted)
        : buildRaw(chunk.text, chunk.at[0]!, this.painted);
    box.built = built;
    element.style.height = '';
    element.replaceChildren(...built.nodes);
    for (const which of built.missing) void this.drawAgain(box, built, which);
    if (pending && this.long) this.keepHeight(element);
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

  /** Lets the engine skip the chunk while it is out of sight, at the height that it has. */
  private keepHeight(element: HTMLElement): void {
    const height = element.offsetHeight;
    element.style.setProperty('contain-intrinsic-block-size', `auto ${height}px`);
    element.classList.add('skippable');
  }

  private drawRest(): void {
    this.stop = whenIdle(() => {
      const box = this.boxes.find((one) => !one.built);
      if (!box) return false;
      this.drawInPlace(box);
      return true;
    });
  }

  /** Draws a chunk without moving what is being read below it. */
  private drawInPlace(box: Box): void {
    const scroller = this.host.closest<HTMLElement>('[data-scroll]');
    const above =
      scroller !== null &&
      scroller.scrollTop > 0 &&
      box.element.getBoundingClientRect().bottom <= scroller.getBoundingClientRect().top;
    const before = above ? box.element.offsetHeight : 0;
    this.draw(box);
    if (above) scroller.scrollTop += box.element.offsetHeight - before;
  }
}

function stretchOf({ at }: Chunk): Stretch {
  return { start: at[0]!, end: at[at.length - 1]! };
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
