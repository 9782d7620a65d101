/** Goes through the words of texts on the screen, for choosing a passage with the keyboard. */
import type { Piece, Stretch, TextView } from '../../lib/markdown';
import { endBefore } from '../../lib/markdown/positions';

/** A word: in which text, which chunk of it, and the number of the word there. */
interface Place {
  view: number;
  chunk: number;
  word: number;
}

/** What is chosen: a stretch of the source of one of the texts. */
export interface Chosen extends Stretch {
  view: number;
}

export class WordCursor {
  private head: Place | null = null;
  private anchor: Place | null = null;
  private readonly known = new WeakMap<Piece[], Stretch[]>();

  constructor(private readonly views: () => readonly (TextView | null)[]) {}

  /** Goes to the first word that there is; false if there is none. */
  begin(): boolean {
    this.head = this.next({ view: 0, chunk: 0, word: -1 }, 1);
    this.anchor = this.head;
    return this.head !== null;
  }

  /** Goes to the word at an offset of a text. */
  goTo(view: number, offset: number): void {
    const shown = this.views()[view];
    if (!shown) return;
    const chunk = shown.chunkAt(offset);
    const word = this.words(view, chunk).findIndex((one) => one.end > offset);
    this.head = word < 0 ? this.head : { view, chunk, word };
    this.anchor = this.head;
  }

  /** One word on or back; `extend` keeps where the choice began, which stays within its text. */
  byWord(direction: 1 | -1, extend: boolean): void {
    const next = this.head && this.next(this.head, direction);
    if (next) this.put(next, extend);
  }

  /** One line on or back, to the word that is nearest above or below. */
  byLine(direction: 1 | -1, extend: boolean): void {
    if (!this.head) return;
    const from = this.boxOf(this.head);
    let best: Place | null = null;
    let [distance, line] = [Infinity, NaN];
    for (let place = this.next(this.head, direction); place; place = this.next(place, direction)) {
      const box = this.boxOf(place);
      if (!from || !box) {
        // Nothing is laid out: the next word that follows a break is the next line.
        best = place;
        if (this.beginsLine(place)) break;
        continue;
      }
      if (Math.abs(middle(box) - middle(from)) < from.height * 0.6) continue;
      if (Number.isNaN(line)) line = middle(box);
      if (Math.abs(middle(box) - line) > box.height * 0.6) break;
      const away = Math.abs(box.left + box.width / 2 - from.left - from.width / 2);
      if (away < distance) [best, distance] = [place, away];
    }
    if (best) this.put(best, extend);
  }

  /** What is chosen now. */
  chosen(): Chosen | null {
    const { head, anchor } = this;
    if (!head || !anchor) return null;
    const [a, b] = [this.stretchAt(head), this.stretchAt(anchor)];
    if (!a || !b) return null;
    return { view: head.view, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
  }

  private put(place: Place, extend: boolean): void {
    if (extend && place.view !== this.anchor?.view) return;
    this.head = place;
    if (!extend) this.anchor = place;
  }

  private next({ view, chunk, word }: Place, direction: 1 | -1): Place | null {
    const views = this.views();
    let place = { view, chunk, word: word + direction };
    for (;;) {
      if (this.words(place.view, place.chunk)[place.word]) return place;
      let { view: v, chunk: c } = place;
      c += direction;
      while (c < 0 || c >= (views[v]?.length ?? 0)) {
        v += direction;
        if (v < 0 || v >= views.length) return null;
        c = direction > 0 ? 0 : (views[v]?.length ?? 0) - 1;
        if (c >= 0 && c < (views[v]?.length ?? 0)) break;
      }
      place = { view: v, chunk: c, word: direction > 0 ? 0 : this.words(v, c).length - 1 };
    }
  }

  private words(view: number, chunk: number): Stretch[] {
    const shown = this.views()[view];
    if (!shown) return [];
    const pieces = shown.piecesOf(chunk);
    let words = this.known.get(pieces);
    if (!words) {
      words = wordsOf(pieces, shown.source);
      this.known.set(pieces, words);
    }
    return words;
  }

  private stretchAt({ view, chunk, word }: Place): Stretch | undefined {
    return this.words(view, chunk)[word];
  }

  private boxOf(place: Place): DOMRect | null {
    const stretch = this.stretchAt(place);
    const range = stretch && this.views()[place.view]?.range(stretch);
    const box = range?.getClientRects?.()[0];
    return box && box.height > 0 ? box : null;
  }

  private beginsLine({ view, chunk, word }: Place): boolean {
    const shown = this.views()[view];
    const stretch = this.words(view, chunk)[word];
    const pieces = shown?.piecesOf(chunk) ?? [];
    return pieces.some((piece) => piece.breaks && piece.at[0] === stretch?.start);
  }
}

const middle = (box: DOMRect): number => box.top + box.height / 2;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** The words of rendered text, as stretches of the source. A formula is a word. */
export function wordsOf(pieces: readonly Piece[], source: string): Stretch[] {
  let text = '';
  const starts: number[] = [];
  for (const piece of pieces) {
    if (piece.breaks) text += '\n';
    starts.push(text.length);
    text += piece.text;
  }
  const words: Stretch[] = [];
  let all: Stretch[] = [];
  let [first, last] = [0, 0];
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    if (/^\s*$/.test(segment)) continue;
    const end = index + segment.length;
    while (first + 1 < pieces.length && starts[first + 1]! <= index) first += 1;
    last = Math.max(last, first);
    while (last + 1 < pieces.length && starts[last + 1]! < end) last += 1;
    const [from, to] = [pieces[first]!, pieces[last]!];
    const stretch = {
      start: from.at[index - starts[first]!]!,
      end: endBefore(end - starts[last]!, to.text, to.at, source),
    };
    if (isWordLike || segment === '\u{fffc}') words.push(stretch);
    all.push(stretch);
  }
  // A chunk of signs alone is gone through sign by sign.
  if (words.length > 0) all = words;
  return all;
}
