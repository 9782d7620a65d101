/**
 * Where rendered text stands in its source. A position array has one entry more than its text has
 * UTF-16 units: `at[i]` is the offset in the source of unit i, and the last entry is where the
 * text ends. Markdown takes characters away (quote marks, indentation, escapes), so that the
 * entries rise but need not be neighbours.
 */
export type Positions = Int32Array;

/** A stretch of the source, in UTF-16 units. */
export interface Stretch {
  start: number;
  end: number;
}

/** Positions of a text that stands in its source as it is, from `start` on. */
export function verbatim(length: number, start = 0): Positions {
  const at = new Int32Array(length + 1);
  for (let i = 0; i <= length; i++) at[i] = start + i;
  return at;
}

/**
 * Positions of `text`, which Markdown made out of `parent` by taking characters away; `at` holds
 * the positions of the parent. Lines match lines: what goes is mostly at their beginning.
 */
export function align(text: string, parent: string, at: Positions): Positions {
  if (parent === text) return at;
  const found = new Int32Array(text.length + 1);
  const [lines, within] = [text.split('\n'), parent.split('\n')];
  let [to, from] = [0, 0];
  for (const [n, line] of lines.entries()) {
    const original = within[n] ?? '';
    alignLine(line, original, (unit, offset) => (found[to + unit] = at[from + offset]!));
    to += line.length + 1;
    from = Math.min(from + original.length + 1, parent.length);
  }
  for (let i = 1; i <= text.length; i++) found[i] = Math.max(found[i]!, found[i - 1]!);
  return found;
}

/** Positions of `text`, with which `parent` begins, though escapes may stand in it. */
export function alignStart(text: string, parent: string, at: Positions): Positions {
  if (parent.startsWith(text)) return at.subarray(0, text.length + 1);
  const found = new Int32Array(text.length + 1);
  follow(text, parent, (unit, offset) => (found[unit] = at[offset]!));
  return found;
}

type Put = (unit: number, offset: number) => void;

/** Calls `put` for each unit of the line and for its end. */
function alignLine(line: string, parent: string, put: Put): void {
  const [solid, tail] = [line.trim(), parent.trimEnd()];
  const lead = line.length - line.trimStart().length;
  const start = tail.endsWith(solid) ? tail.length - solid.length : parent.lastIndexOf(solid);
  if (start >= 0) {
    for (let i = 0; i <= line.length; i++) {
      put(i, Math.min(Math.max(start + i - lead, 0), parent.length));
    }
    return;
  }
  follow(line, parent, put);
}

/** Finds each unit behind the one before it: something between them, such as a backslash, went. */
function follow(line: string, parent: string, put: Put): void {
  let next = 0;
  for (let i = 0; i < line.length; i++) {
    const hit = parent.indexOf(line[i]!, next);
    if (hit >= 0) next = hit;
    put(i, Math.min(next, parent.length));
    if (hit >= 0) next += 1;
  }
  put(line.length, Math.min(next, parent.length));
}

/** The first index of the entries before the last whose position is at least `offset`. */
export function lowerBound(at: Positions, offset: number): number {
  let [low, high] = [0, at.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the unit before `index` ends in the source. */
export function endBefore(index: number, text: string, at: Positions, source: string): number {
  const start = at[index - 1]!;
  // A unit that stands in the source as it is ends right there, even where the next one stands
  // on a line of its own behind a quote mark. An entity is longer than what it stands for.
  return source[start] === text[index - 1] && text[index - 1] !== '&' ? start + 1 : at[index]!;
}
