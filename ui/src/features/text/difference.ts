/**
 * What differs between two texts, by word. Comparing takes time that grows with how much differs,
 * so it has a limit: past it, whole lines are compared, and past another limit nothing is.
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

/** Milliseconds for a comparison by word, and then for one by line. */
export const LIMITS = { words: 1_500, lines: 1_500 };

const WORDS = /[\p{L}\p{M}\p{N}_]+|\s+|[^\p{L}\p{M}\p{N}_\s]/gu;
const LINES = /[^\n]*\n|[^\n]+$/g;
/** More words than this are not compared in one go. */
const MOST_WORDS = 150_000;

type Limits = typeof LIMITS;

export function difference(left: string, right: string, limits: Limits = LIMITS): Difference {
  if (left === right) return { left: [], right: [], level: 'same' };
  const words = aligned(left, right, WORDS, limits.words);
  if (words) return { ...tidied(words, left, right), level: 'words' };
  const lines = aligned(left, right, LINES, limits.lines);
  if (!lines) return { left: [], right: [], level: 'none' };
  return { ...tidied(lines, left, right), level: 'lines' };
}

type Sides = Pick<Difference, 'left' | 'right'>;

/** Compares parts of the texts; null where that takes longer than `timeout`. */
function aligned(left: string, right: string, parts: RegExp, timeout: number): Sides | null {
  const [a, b] = [left.match(parts) ?? [], right.match(parts) ?? []];
  if (timeout <= 0 || a.length + b.length > MOST_WORDS) return null;
  const runs = diffArrays(a, b, { timeout });
  if (!runs) return null;
  const sides: Sides = { left: [], right: [] };
  let [l, r] = [0, 0];
  for (const { added, removed, value } of runs) {
    const length = value.reduce((sum, part) => sum + part.length, 0);
    if (removed) sides.left.push({ start: l, end: l + length });
    if (added) sides.right.push({ start: r, end: r + length });
    if (!added) l += length;
    if (!removed) r += length;
  }
  return sides;
}

/** Joins changes that only spaces and punctuation keep apart: they read as one. */
function tidied({ left, right }: Sides, leftText: string, rightText: string): Sides {
  return { left: joined(left, leftText), right: joined(right, rightText) };
}

function joined(changes: readonly Change[], text: string): Change[] {
  const all: Change[] = [];
  for (const change of changes) {
    const last = all.at(-1);
    if (last && !/[^ \t.,;:]/.test(text.slice(last.end, change.start))) last.end = change.end;
    else all.push({ ...change });
  }
  return all;
}
