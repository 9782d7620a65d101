/**
 * Markdown into chunks: a long answer is cut at its blocks, so that the first screenful is drawn
 * at once and the rest when there is time. Within a chunk, what stands inside a line is parsed
 * when the chunk is drawn.
 */
import { Lexer, Marked, type Token, type Tokens } from 'marked';

import { blockFormula, inlineFormula, maskFormulas } from './math';
import { verbatim, type Positions } from './positions';

/** Consecutive blocks of the text. */
export interface Chunk {
  tokens: Token[];
  /** The text that the tokens were made of, and where it stands in the source. */
  text: string;
  at: Positions;
}

/** A text, cut into chunks. */
export interface Parsed {
  source: string;
  chunks: Chunk[];
  /** What stands inside a block: its source, and the tokens once they are asked for. */
  inline(block: { tokens?: Token[]; text: string }): { text: string; tokens: Token[] };
}

/** UTF-16 units in a chunk, at least. */
const CHUNK = 3_000;
/** A block longer than this is cut, where it can be. */
const LONG_BLOCK = 12_000;

const marked = new Marked({
  gfm: true,
  // A line break in the data is a line break on the screen.
  breaks: true,
  extensions: [inlineFormula, blockFormula],
  hooks: { emStrongMask: maskFormulas },
});

export function parse(source: string): Parsed {
  const { text, at } = newlines(source);
  const lexer = new Lexer(marked.defaults);
  const tokens = lexer.blockTokens(text, lexer.tokens);
  const waiting = new Map<Token[], string>();
  for (const { src, tokens } of lexer.inlineQueue) waiting.set(tokens, src);
  lexer.inlineQueue = [];

  const texts = new Map(waiting);
  return {
    source,
    chunks: chunksOf(tokens.flatMap((token) => cut(token, waiting, texts)), text, at),
    inline(block) {
      const tokens = block.tokens ?? [];
      const text = texts.get(tokens) ?? block.text;
      if (waiting.delete(tokens)) {
        lexer.state.inRawBlock = false;
        lexer.inlineTokens(text, tokens);
      }
      return { text, tokens };
    },
  };
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

function chunksOf(tokens: Token[], text: string, at: Positions): Chunk[] {
  const chunks: Chunk[] = [];
  let [begin, end] = [0, 0];
  let held: Token[] = [];
  const close = (): void => {
    if (held.length === 0) return;
    chunks.push({ tokens: held, text: text.slice(begin, end), at: at.subarray(begin, end + 1) });
    [held, begin] = [[], end];
  };
  for (const token of tokens) {
    // Between lists, the parser leaves out the space after one.
    const found = text.startsWith(token.raw, end) ? end : text.indexOf(token.raw, end);
    held.push(token);
    end = Math.min(Math.max(found, end) + token.raw.length, text.length);
    if (end - begin >= CHUNK) close();
  }
  close();
  return chunks;
}

/** Parts of a block that is too long to be drawn at once; the block itself where it is not. */
function cut(token: Token, waiting: Map<Token[], string>, texts: Map<Token[], string>): Token[] {
  if (token.raw.length <= LONG_BLOCK) return [token];
  if (token.type === 'list') return cutList(token as Tokens.List);
  if (token.type !== 'paragraph') return [token];
  // A paragraph as long as this has lines: a log, a poem, a list without marks.
  const tokens: Token[] = [];
  for (const raw of cutLines(token.raw, CHUNK)) {
    const text = raw.replace(/\n+$/, '');
    const inner: Token[] = [];
    waiting.set(inner, text);
    texts.set(inner, text);
    tokens.push({ type: 'paragraph', raw, text, tokens: inner });
  }
  return tokens;
}

function cutList(list: Tokens.List): Token[] {
  const parts: Tokens.List[] = [];
  let part: Tokens.List | undefined;
  for (const [n, item] of list.items.entries()) {
    if (!part || part.raw.length >= CHUNK) {
      part = { ...list, start: list.start === '' ? '' : list.start + n, raw: '', items: [] };
      parts.push(part);
    }
    part.items.push(item);
    part.raw += item.raw;
  }
  return parts;
}

/** Pieces of whole lines, each at least `least` long but the last. */
export function cutLines(text: string, least: number): string[] {
  const parts: string[] = [];
  let begin = 0;
  while (begin < text.length) {
    const line = text.indexOf('\n', begin + least);
    const end = line < 0 ? text.length : line + 1;
    parts.push(text.slice(begin, end));
    begin = end;
  }
  return parts;
}
