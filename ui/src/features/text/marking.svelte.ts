/**
 * Marks passages as good or bad: by a selection with the mouse, or word by word with the keys.
 * The popover of a passage and the cursor are here; drawing them is the stage's.
 */
import { tick } from 'svelte';

import type { CandidateView, HighlightView } from '../../ipc/bindings';
import type { Segment, Stretch, TextView } from '../../lib/markdown';
import { WordCursor, type Chosen } from './cursor';
import { toScalar, toUnit, wholeScalars, withHighlight } from './offsets';
import { within, type Passage } from './passages';
import { belowPassage, elementOf, intoView, stretchOf } from './selection';

/** A passage that is being marked: `key` is its highlight, once it has one. */
export interface Editing extends Stretch {
  candidate: number;
  passage: number;
  key: number | null;
  /** Where the popover stands in the stage, in pixels. */
  place: { x: number; y: number };
}

/** Why a passage cannot be marked. */
export type Problem = 'unmappable' | 'oneTurn' | 'nothingToMark';

/** What the stage shows. */
export interface Shown {
  root: () => HTMLElement | undefined;
  candidates: () => readonly CandidateView[];
  passages: () => readonly Passage[][];
  painted: () => readonly (readonly Segment[])[][];
  highlights: () => readonly HighlightView[];
  mark: (highlights: HighlightView[]) => void;
}

export class Marking {
  editing = $state.raw<Editing | null>(null);
  problem = $state<Problem | null>(null);
  /** The candidate in which the keys mark passages. */
  inside = $state<number | null>(null);
  /** What the cursor is on, for those who listen. */
  spoken = $state('');

  /** The texts on the screen, by candidate and passage. */
  private readonly views: (TextView | null)[][] = [];
  private cursor: WordCursor | null = null;
  /** Where the cursor was shown last, and in which view. */
  private last: { view: TextView; chosen: Chosen } | null = null;

  constructor(private readonly shown: Shown) {}

  /** Another comparison: nothing of the last one stays open. */
  reset(): void {
    this.editing = this.problem = null;
    this.leave();
  }

  /** A passage has a view; returns what forgets it. */
  shows(candidate: number, passage: number, view: TextView): () => void {
    const all = (this.views[candidate] ??= []);
    all[passage] = view;
    return () => {
      if (all[passage] === view) all[passage] = null;
    };
  }

  // With the mouse.

  /** The mouse was let go, perhaps over a mark: what is selected now is to be marked. */
  select(clicked: Element | null): void {
    const selection = document.getSelection();
    this.problem = null;
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) {
      this.editing = null;
      // Of marks that overlap, the last one made.
      const key = clicked?.getAttribute('data-marks')?.split(' ').at(-1);
      if (key !== undefined) this.open(Number(key));
      return;
    }
    // The text in which the selection began is meant, wherever the mouse went then.
    const pane = elementOf(selection.anchorNode)?.closest<HTMLElement>('[data-candidate]');
    const candidate = this.shown
      .candidates()
      .findIndex((one) => one.id === pane?.dataset['candidate']);
    if (!pane || candidate < 0 || !this.shown.root()?.contains(pane)) return;
    const found = stretchOf(selection.getRangeAt(0), this.views[candidate] ?? []);
    if (found === 'several') this.problem = 'oneTurn';
    else if (!found) this.problem = 'unmappable';
    else this.edit(candidate, found.passage, found);
  }

  // What is being marked.

  /** Opens a highlight. */
  open(key: number): void {
    const highlight = this.shown.highlights()[key];
    const candidate = this.shown.candidates().findIndex((one) => one.id === highlight?.candidate);
    if (!highlight || candidate < 0) return;
    const text = this.shown.candidates()[candidate]!.turns[highlight.turn]?.text ?? '';
    const whole = { start: toUnit(text, highlight.start), end: toUnit(text, highlight.end) };
    for (const [n, passage] of this.shown.passages()[candidate]!.entries()) {
      const part = passage.turn === highlight.turn ? within(passage, whole) : null;
      if (!part) continue;
      const range = this.views[candidate]?.[n]?.range(part);
      elementOf(range?.startContainer ?? null)?.scrollIntoView?.({ block: 'nearest' });
      this.put(candidate, n, part, key);
      return;
    }
  }

  /** Opens a stretch of a passage; false if it has no place in the source. */
  private edit(candidate: number, passage: number, stretch: Stretch): boolean {
    const { turn, start, text } = this.shown.passages()[candidate]![passage]!;
    if (turn === null) {
      this.problem = 'unmappable';
      return false;
    }
    const whole = wholeScalars(text, stretch);
    const source = this.shown.candidates()[candidate]!.turns[turn]!.text;
    const from = toScalar(source, start + whole.start);
    const to = toScalar(source, start + whole.end);
    const { id } = this.shown.candidates()[candidate]!;
    const key = this.shown
      .highlights()
      .findIndex(
        (one) =>
          one.candidate === id && one.turn === turn && one.start === from && one.end === to,
      );
    this.put(candidate, passage, whole, key < 0 ? null : key);
    return true;
  }

  private put(candidate: number, passage: number, { start, end }: Stretch, key: number | null): void {
    const range = this.views[candidate]?.[passage]?.range({ start, end }) ?? null;
    const place = belowPassage(range, this.shown.root());
    this.editing = { candidate, passage, start, end, key, place };
    // The popover takes the focus, and some engines then forget what is selected. Once it is
    // marked, the reason is being written: a selection would take the focus from there.
    void tick().then(() => {
      if (this.editing && this.editing.key === null) this.show(range);
    });
  }

  choose(good: boolean): void {
    if (!this.editing) return;
    const { candidate, passage, start, end, key } = this.editing;
    const { id, turns } = this.shown.candidates()[candidate]!;
    const { turn, start: offset } = this.shown.passages()[candidate]![passage]!;
    if (turn === null) return;
    const all = this.shown.highlights();
    if (key !== null) {
      this.shown.mark(all.map((one, n) => (n === key ? { ...one, good } : one)));
      return;
    }
    const text = turns[turn]!.text;
    const stretch = { start: toScalar(text, offset + start), end: toScalar(text, offset + end) };
    const marked = withHighlight(all, { candidate: id, turn, ...stretch, good, reason: null });
    document.getSelection()?.removeAllRanges();
    this.editing = { ...this.editing, key: marked.length - 1 };
    this.shown.mark(marked);
  }

  /** Says why, and closes. */
  save(reason: string | null): void {
    const key = this.editing?.key;
    const all = this.shown.highlights();
    if (key != null && (all[key]?.reason ?? null) !== reason) {
      this.shown.mark(all.map((one, n) => (n === key ? { ...one, reason } : one)));
    }
    this.close();
  }

  remove(key: number | null): void {
    if (key !== null) this.shown.mark(this.shown.highlights().filter((_, n) => n !== key));
    this.close();
  }

  /** Closes the popover; the keys go back to where they came from. */
  close(): void {
    const was = this.editing;
    this.editing = null;
    if (was) this.body(this.inside ?? was.candidate)?.focus({ preventScroll: true });
    this.showCursor();
  }

  // With the keys.

  enter(candidate: number): void {
    const cursor = new WordCursor(() => this.views[candidate] ?? []);
    if (!cursor.begin()) {
      this.problem = 'nothingToMark';
      return;
    }
    this.problem = this.editing = null;
    [this.cursor, this.last] = [cursor, null];
    this.inside = candidate;
    this.body(candidate)?.focus({ preventScroll: true });
    void tick().then(() => this.showCursor());
  }

  leave(): void {
    if (this.inside === null) return;
    this.cursor = this.inside = null;
    this.spoken = '';
    document.getSelection()?.removeAllRanges();
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  /** A key in the text in which the keys mark passages. */
  keydown(event: KeyboardEvent): void {
    if (!this.cursor || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(F\d+|Page|Shift|Control|Alt|Meta)/.test(event.key)) return;
    // No other key may answer the comparison meanwhile.
    event.preventDefault();
    event.stopPropagation();
    if (this.move(event.key, event.shiftKey)) this.showCursor();
    else this.act(event.key, event.shiftKey, event.repeat);
  }

  private move(key: string, extend: boolean): boolean {
    const onward = this.isRightToLeft() ? -1 : 1;
    if (key === 'ArrowRight') this.cursor?.byWord(onward, extend);
    else if (key === 'ArrowLeft') this.cursor?.byWord(onward === 1 ? -1 : 1, extend);
    else if (key === 'ArrowDown') this.cursor?.byLine(1, extend);
    else if (key === 'ArrowUp') this.cursor?.byLine(-1, extend);
    else return false;
    return true;
  }

  private act(key: string, shift: boolean, repeat: boolean): void {
    const here = this.underCursor();
    const verdict = { g: true, '+': true, b: false, '-': false }[key.toLowerCase()];
    if (key === 'Escape') this.leave();
    else if (key === 'Tab') this.next(shift ? -1 : 1);
    else if (key === 'Delete' || key === 'Backspace') this.remove(here);
    else if (key === 'Enter' && here !== null) this.open(here);
    else if (key === 'Enter') this.editChosen();
    else if (verdict !== undefined && !repeat && this.editChosen()) this.choose(verdict);
  }

  private next(direction: 1 | -1): void {
    const count = this.shown.candidates().length;
    this.enter(((this.inside ?? 0) + direction + count) % count);
  }

  private editChosen(): boolean {
    const at = this.cursor?.chosen();
    return at != null && this.inside !== null && this.edit(this.inside, at.view, at);
  }

  /** The highlight under the cursor. */
  private underCursor(): number | null {
    const at = this.cursor?.chosen();
    const painted = at && this.shown.painted()[this.inside ?? 0]?.[at.view];
    const over = painted?.filter((one) => one.start < at!.end && at!.start < one.end);
    return over?.flatMap((one) => one.marks).at(-1)?.key ?? null;
  }

  /** Selects what the keys have chosen, brings it into view and says it. */
  showCursor(): void {
    if (!this.cursor || this.inside === null || this.editing) return;
    const views = this.views[this.inside] ?? [];
    // Raw or rendered, it stays on the same word.
    if (this.last && views[this.last.chosen.view] !== this.last.view) {
      this.cursor.goTo(this.last.chosen.view, this.last.chosen.start);
    }
    const at = this.cursor.chosen();
    const view = at && views[at.view];
    const range = view ? view.range(at) : null;
    if (!view || !range) return;
    this.last = { view, chosen: at };
    this.show(range);
    this.spoken = view.source.slice(at.start, at.end);
    intoView(range, this.body(this.inside));
  }

  private show(range: Range | null): void {
    const selection = document.getSelection();
    if (!range || !selection) return;
    selection.removeAllRanges();
    selection.addRange(range);
  }

  private isRightToLeft(): boolean {
    const element = elementOf(document.getSelection()?.anchorNode ?? null);
    return element !== null && getComputedStyle(element).direction === 'rtl';
  }

  private body(candidate: number): HTMLElement | null {
    const pane = this.shown.root()?.querySelector(`[data-testid="candidate-${candidate}"]`);
    return pane?.querySelector<HTMLElement>('[data-scroll]') ?? null;
  }
}
