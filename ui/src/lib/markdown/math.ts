/**
 * Which passages of an answer are formulas. `\(..\)`, `\[..\]`, `$$..$$` and environments such as
 * `\begin{align}` are unmistakable. A single dollar is not, so `$..$` is a formula only where all
 * of this holds:
 *
 * - the first dollar does not follow a letter, a digit or another dollar (`US$5`), and no space
 *   follows it;
 * - no space comes before the second (`$5 and $6`), and no digit follows it (`$5-$10`);
 * - there is no blank line between them, and not more than 1,000 characters;
 * - it is no amount with words behind it (`$5, but I paid 6$`), and no variable of a shell
 *   (`$HOME:$PATH`).
 */
import type { TokenizerAndRendererExtension, Tokens } from 'marked';

/** A formula in the source. */
export interface Formula {
  raw: string;
  tex: string;
  /** Set apart in a line of its own. */
  display: boolean;
}

/** The token of a formula. */
export type FormulaToken = Tokens.Generic & Formula & { type: 'formula' };

const LONGEST_INLINE = 1_000;
const LONGEST_DISPLAY = 20_000;
const BLANK_LINE = /\n[ \t]*\n/;
const ENVIRONMENT = /^\\begin\{((?:equation|align|gather|multline|alignat|CD)\*?)\}/;

/** The formula at the beginning of `text`, which follows the character `before`. */
export function formulaAt(text: string, before: string): Formula | null {
  if (text.startsWith('\\(')) return closed(text, '\\(', '\\)', LONGEST_INLINE);
  if (text.startsWith('\\[')) return closed(text, '\\[', '\\]', LONGEST_DISPLAY);
  if (text.startsWith('$$')) return before === '$' ? null : closed(text, '$$', '$$', LONGEST_DISPLAY);
  return text.startsWith('$') ? betweenDollars(text, before) : null;
}

function closed(text: string, open: string, close: string, longest: number): Formula | null {
  const end = text.slice(0, longest).indexOf(close, open.length);
  if (end < 0) return null;
  const tex = text.slice(open.length, end);
  if (tex.trim() === '' || BLANK_LINE.test(tex)) return null;
  return { raw: text.slice(0, end + close.length), tex, display: open !== '\\(' };
}

function betweenDollars(text: string, before: string): Formula | null {
  if (/[\p{L}\p{N}$\\]/u.test(before)) return null;
  const match = /^\$((?:\\[^]|[^\\$]){1,1000}?)\$(?![\d$])/.exec(text.slice(0, LONGEST_INLINE + 3));
  const tex = match?.[1];
  if (!match || tex === undefined || /^\s|\s$/.test(tex) || BLANK_LINE.test(tex)) return null;
  const after = text.slice(match[0].length, match[0].length + 1);
  if (isAmount(tex) || isVariable(tex, after)) return null;
  return { raw: match[0], tex, display: false };
}

function isAmount(tex: string): boolean {
  return /^\d/.test(tex) && /\p{L}{2}/u.test(tex) && !/[\\^_{}=]/.test(tex.replaceAll('\\$', ''));
}

function isVariable(tex: string, after: string): boolean {
  return /^[A-Z][A-Z0-9_]+(?:[^\w{^\\]|$)/.test(tex) && /[A-Za-z_{(]/.test(after);
}

/** The text with its formulas made unfit for emphasis, in the same length. */
export function maskFormulas(text: string): string {
  if (!/\$|\\[([]/.test(text)) return text;
  let masked = '';
  let at = 0;
  while (at < text.length) {
    const next = nextStart(text, at);
    if (next < 0) break;
    const formula = formulaAt(text.slice(next, next + LONGEST_DISPLAY), text[next - 1] ?? '');
    const length = formula?.raw.length ?? 1;
    masked += text.slice(at, next) + (formula ? 'a'.repeat(length) : text[next]!);
    at = next + length;
  }
  return masked + text.slice(at);
}

function nextStart(text: string, from: number): number {
  const next = text.slice(from).search(/\$|\\[([]/);
  return next < 0 ? -1 : from + next;
}

/** Formulas within a line. */
export const inlineFormula: TokenizerAndRendererExtension = {
  name: 'formula',
  level: 'inline',
  start: (text) => {
    const start = nextStart(text, 0);
    return start < 0 ? undefined : start;
  },
  tokenizer(text, tokens) {
    const formula = formulaAt(text, tokens.at(-1)?.raw.at(-1) ?? '');
    return formula ? { type: 'formula', ...formula } : undefined;
  },
};

/** Formulas that have lines of their own. */
export const blockFormula: TokenizerAndRendererExtension = {
  name: 'blockFormula',
  level: 'block',
  start: (text) => {
    // A paragraph ends at the next blank line anyway.
    const paragraph = text.slice(0, LONGEST_DISPLAY).split(BLANK_LINE, 1)[0] ?? '';
    const start = paragraph.search(/\n {0,3}(?:\$\$|\\\[|\\begin\{)/);
    return start < 0 ? undefined : start + 1;
  },
  tokenizer(text) {
    const indent = /^ {0,3}(?=\$\$|\\\[|\\begin\{)/.exec(text)?.[0];
    if (indent === undefined) return undefined;
    const rest = text.slice(indent.length, indent.length + LONGEST_DISPLAY);
    const formula = environmentAt(rest) ?? formulaAt(rest, '');
    const after = formula && /^[ \t]*(?:\n|$)/.exec(rest.slice(formula.raw.length))?.[0];
    if (!formula || after == null) return undefined;
    return { ...formula, type: 'formula', raw: indent + formula.raw + after };
  },
};

function environmentAt(text: string): Formula | null {
  const name = ENVIRONMENT.exec(text)?.[1];
  if (!name) return null;
  const close = `\\end{${name}}`;
  const end = text.indexOf(close);
  if (end < 0 || BLANK_LINE.test(text.slice(0, end))) return null;
  const raw = text.slice(0, end + close.length);
  return { raw, tex: raw, display: true };
}
