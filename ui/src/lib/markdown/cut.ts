/**
 * Where a long text can be cut, so that its parts are parsed and drawn one by one. Parsers take
 * time that grows faster than the text; parts keep that, and the wait for the first screenful,
 * small.
 */

/** A part of a text, from `start` to `end` in UTF-16 units. */
export interface Part {
  start: number;
  end: number;
  /** It goes on with the paragraph, list, table or code of the part before it. */
  continued: boolean;
  /** What must stand before it again: the head of a table, the opening line of code. */
  head: { start: number; end: number } | null;
}

/** UTF-16 units in a part, at least. */
const SIZE = 2_000;

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const LIST_ITEM = /^(?:[-*+]|\d{1,9}[.)])[ \t]/;
const BLANK = /^[ \t]*$/;
const TABLE_RULE = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** Parts of Markdown: cut between blocks if there are such places, else within them. */
export function cutMarkdown(text: string): Part[] {
  const parts: Part[] = [];
  let part: Omit<Part, 'end'> = { start: 0, continued: false, head: null };
  const cut = (at: number, continued: boolean, head: Part['head'] = null): void => {
    parts.push({ ...part, end: at });
    part = { start: at, continued, head };
  };
  let open: Open = { fence: null, formula: null, table: null, above: null, blank: false };
  let start = 0;
  while (start < text.length) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next + 1;
    const line = text.slice(start, next < 0 ? end : next);
    const length = start - part.start;
    const inside = open.fence ?? open.table;
    if (inside) {
      if (length >= 3 * SIZE && line.length < SIZE) cut(start, true, inside);
    } else if (length >= SIZE && /^\S/.test(line)) {
      const item = LIST_ITEM.test(line);
      if (open.blank && !item && !open.formula) cut(start, false);
      else if (length >= 2 * SIZE && (open.blank || item) && !open.formula) cut(start, item);
      else if (length >= 3 * SIZE && !line.includes('|')) cut(start, true);
    }
    open = after(open, line, start, end);
    if (!open.fence && !open.table && line.length > 2 * SIZE) {
      for (const at of cutLine(text, start, end)) cut(at, true);
    }
    start = end;
  }
  if (part.start < text.length) cut(text.length, false);
  return parts;
}

/** What a line leaves open. */
interface Open {
  /** The opening line of code. */
  fence: (NonNullable<Part['head']> & { mark: string }) | null;
  /** What closes a formula. */
  formula: string | null;
  /** The first two lines of a table. */
  table: Part['head'];
  /** Where the line before began, if it may be the first of a table. */
  above: number | null;
  /** Whether the line before was empty. */
  blank: boolean;
}

function after(open: Open, line: string, start: number, end: number): Open {
  const blank = BLANK.test(line);
  const fence = fenceAfter(open.fence, line, start, end);
  if (fence || open.fence) return { fence, formula: null, table: null, above: null, blank };
  const piped = line.includes('|');
  const begins = open.above !== null && piped && TABLE_RULE.test(line);
  return {
    fence,
    formula: formulaAfter(line, open.formula),
    table: begins ? { start: open.above!, end } : piped ? open.table : null,
    above: piped && !open.table ? start : null,
    blank,
  };
}

/** Parts of raw text: whole lines. */
export function cutLines(text: string): Part[] {
  const parts: Part[] = [];
  let start = 0;
  while (start < text.length) {
    const line = text.indexOf('\n', start + SIZE);
    const end = line < 0 ? text.length : line + 1;
    parts.push({ start, end, continued: true, head: null });
    start = end;
  }
  return parts;
}

/** The code that is open after a line, if some is. */
function fenceAfter(open: Open['fence'], line: string, start: number, end: number): Open['fence'] {
  const [, mark, info] = FENCE.exec(line) ?? [];
  if (!mark) return open;
  if (open) return mark.startsWith(open.mark) && BLANK.test(info!) ? null : open;
  return mark.startsWith('`') && info!.includes('`') ? null : { mark, start, end };
}

/** What closes the formula that is open after a line, if one is. */
function formulaAfter(line: string, open: string | null): string | null {
  if (open !== null) return line.includes(open) ? null : open;
  if (/^\s*\\\[/.test(line)) return line.includes('\\]') ? null : '\\]';
  if (/^\s*\$\$/.test(line)) return line.indexOf('$$', line.indexOf('$$') + 2) < 0 ? '$$' : null;
  return null;
}

/** Places in a line that is too long: after sentences, else after words. */
function cutLine(text: string, start: number, end: number): number[] {
  const cuts: number[] = [];
  let from = start;
  while (end - from > 2 * SIZE) {
    const sentence = text.indexOf('. ', from + SIZE);
    const word = text.indexOf(' ', from + SIZE);
    const near = sentence >= 0 && sentence < from + 2 * SIZE ? sentence + 1 : word;
    if (near < 0 || near + 1 >= end) break;
    from = near + 1;
    cuts.push(from);
  }
  return cuts;
}
