/**
 * Markdown into tokens, part by part: only what is to be drawn is parsed.
 */
import { Lexer, Marked, type Token } from 'marked';

import { cutMarkdown } from './cut';
import { blockFormula, inlineFormula, maskFormulas } from './math';
import { verbatim, type Positions, type Stretch } from './positions';

/** A part of the text, which is parsed and drawn at once. */
export interface Chunk {
  text: string;
  at: Positions;
  /** What it covers of the source; the head of a table or of code, said again, is not in it. */
  start: number;
  end: number;
  /** It goes on with the block of the chunk before it. */
  continued: boolean;
}

/** What stands inside a line: its source, and the tokens that follow one another in it. */
export interface Inline {
  text: string;
  tokens: Token[];
}

/** Text inside a line is parsed in runs of about this length: parsers are slow on long ones. */
const RUN = 4_000;

const DEFINITION = /^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S.*$/gm;

const marked = new Marked({
  gfm: true,
  // A line break in the data is a line break on the screen.
  breaks: true,
  extensions: [inlineFormula, blockFormula],
  hooks: { emStrongMask: maskFormulas },
});

/** A text of Markdown. */
export class Parsed {
  readonly chunks: Chunk[];
  private readonly lexer = new Lexer(marked.defaults);
  /** The sources of what stands inside lines, by the tokens that they become when asked for. */
  private readonly sources = new WeakMap<Token[], { text: string; parsed: boolean }>();

  constructor(readonly source: string) {
    const { text, at } = newlines(source);
    this.chunks = cutMarkdown(text).map(({ start, end, continued, head }) => ({
      text: (head ? text.slice(head.start, head.end) : '') + text.slice(start, end),
      at: head ? joined(at, head, { start, end }) : at.subarray(start, end + 1),
      start: at[start]!,
      end: at[end]!,
      continued,
    }));
    // Where a link points may be said anywhere in the text.
    if (this.chunks.length > 1) {
      this.lexer.blockTokens(text.match(DEFINITION)?.join('\n\n') ?? '', []);
    }
  }

  /** The blocks of a chunk. */
  blocks({ text }: Chunk): Token[] {
    this.lexer.inlineQueue = [];
    this.lexer.state.top = true;
    const tokens = this.lexer.blockTokens(text, []);
    for (const { src, tokens } of this.lexer.inlineQueue) {
      this.sources.set(tokens, { text: src, parsed: false });
    }
    return tokens;
  }

  /** What stands inside a block. */
  inline(block: { tokens?: Token[]; text: string }): Inline {
    const tokens = block.tokens ?? [];
    const known = this.sources.get(tokens);
    if (known && !known.parsed) {
      known.parsed = true;
      for (const run of runs(known.text)) {
        this.lexer.state.inRawBlock = false;
        this.lexer.inlineTokens(run, tokens);
      }
    }
    return { text: known?.text ?? block.text, tokens };
  }
}

/** Line ends as the parser wants them. */
function newlines(source: string): { text: string; at: Positions } {
  if (!source.includes('\r')) return { text: source, at: verbatim(source.length) };
  const text = source.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const at = new Int32Array(text.length + 1);
  let from = 0;
  for (let to = 0; to < text.length; to++) {
    at[to] = from;
    from += source.startsWith('\r\n', from) ? 2 : 1;
  }
  at[text.length] = from;
  return { text, at };
}

function joined(at: Positions, head: Stretch, rest: Stretch): Positions {
  const all = new Int32Array(head.end - head.start + rest.end - rest.start + 1);
  all.set(at.subarray(head.start, head.end));
  all.set(at.subarray(rest.start, rest.end + 1), head.end - head.start);
  return all;
}

function runs(text: string): string[] {
  if (text.length <= 2 * RUN) return [text];
  const parts: string[] = [];
  let start = 0;
  while (start < text.length) {
    const line = text.slice(0, start + 2 * RUN).indexOf('\n', start + RUN);
    const space = line < 0 ? text.indexOf(' ', start + RUN) : line;
    const end = space < 0 ? text.length : space + 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}
