/**
 * What differs between two texts, by word. Comparing takes time that grows with how much differs.
 * Long texts are therefore compared line by line first, and by word within the lines that differ;
 * and all of it has a limit, past which whole lines are told apart, and at last nothing is.
 */
import { diffArrays } from 'diff';

import type { Change } from '../../lib/markdown';

/** How far a comparison got. */
export type Level = 'same' | 'words' | 'lines' | 'none';

/** What each text has that the other does not, in UTF-16 units. */
export interface Difference {
  left: Change[];
  right: Change[];
  level: Level;
}

/** Milliseconds for a comparison by word, and for one by line. */
export const LIMITS = { words: 2_000, lines: 2_000 };

type Limits = typeof LIMITS;

const WORDS = /[\p{L}\p{M}\p{N}_]+|\s+|[^\p{L}\p{M}\p{N}_\s]/gu;
const LINES = /[^\n]*\n|[^\n]+$/g;
/** Texts up to this many units are compared by word at once. */
const SHORT = 40_000;

/** A stretch of each text, of which at least one is not empty. */
interface Hunk {
  left: Change;
  right: Change;
}

export function difference(left: string, right: string, limits: Limits = LIMITS): Difference {
  if (left === right) return { left: [], right: [], level: 'same' };
  const whole: Hunk = {
    left: { start: 0, end: left.length },
    right: { start: 0, end: right.length },
  };
  const words = new Budget(limits.words);
  if (left.length + right.length <= SHORT) {
    const found = hunks(left, right, whole, WORDS, words);
    if (found) return sides(found, left, right, 'words');
  }
  const lines = hunks(left, right, whole, LINES, new Budget(limits.lines));
  if (!lines) return { left: [], right: [], level: 'none' };
  let level: Level = 'words';
  const found = lines.flatMap((hunk) => {
    const finer = hunks(left, right, hunk, WORDS, words);
    if (!finer) level = 'lines';
    return finer ?? [hunk];
  });
  return sides(found, left, right, level);
}

/** Milliseconds that are left for comparing. */
class Budget {
  private readonly end: number;

  constructor(milliseconds: number) {
    this.end = performance.now() + milliseconds;
  }

  get left(): number {
    return this.end - performance.now();
  }
}

/** What differs within a hunk, part by part; null where that would take longer than there is. */
function hunks(
  left: string,
  right: string,
  { left: a, right: b }: Hunk,
  parts: RegExp,
  budget: Budget,
): Hunk[] | null {
  if (budget.left <= 0) return null;
  const one = left.slice(a.start, a.end).match(parts) ?? [];
  const other = right.slice(b.start, b.end).match(parts) ?? [];
  const runs = diffArrays(one, other, { timeout: budget.left });
  if (!runs) return null;
  const found: Hunk[] = [];
  let [l, r] = [a.start, b.start];
  let open: Hunk | null = null;
  for (const { added, removed, value } of runs) {
    const length = value.reduce((sum, part) => sum + part.length, 0);
    if (!added && !removed) open = null;
    else if (!open) {
      open = { left: { start: l, end: l }, right: { start: r, end: r } };
      found.push(open);
    }
    if (!added) l += length;
    if (!removed) r += length;
    if (open) [open.left.end, open.right.end] = [l, r];
  }
  return found;
}

function sides(found: readonly Hunk[], left: string, right: string, level: Level): Difference {
  return {
    left: joined(found.map((hunk) => hunk.left), left),
    right: joined(found.map((hunk) => hunk.right), right),
    level,
  };
}

/** Joins changes that only spaces and punctuation keep apart: they read as one. */
function joined(changes: readonly Change[], text: string): Change[] {
  const all: Change[] = [];
  for (const change of changes) {
    if (change.start === change.end) continue;
    const last = all.at(-1);
    if (last && !/[^ \t.,;:]/.test(text.slice(last.end, change.start))) last.end = change.end;
    else all.push({ ...change });
  }
  return all;
}
