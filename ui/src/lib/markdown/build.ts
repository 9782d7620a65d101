/**
 * Tokens into elements. Nothing of an answer is ever parsed as HTML: elements come from the fixed
 * set below, text goes into text nodes, and links and pictures become text with their address, so
 * that nothing can act, be followed or be fetched.
 */
import type { Token, Tokens } from 'marked';

import { highlighted } from './code';
import { directionOf } from './direction';
import type { Late } from './late';
import type { FormulaToken } from './math';
import type { Segment } from './paint';
import type { Chunk, Parsed } from './parse';
import { align, verbatim, type Positions } from './positions';
import { checkbox, Spans } from './spans';
import { DEEPEST, element, Writer, type Piece } from './writer';

export interface Built {
  nodes: Node[];
  pieces: Piece[];
  /** What was missing: the chunk is to be built again when it is here. */
  missing: Set<keyof Late>;
}

const ALIGNMENTS = new Set(['left', 'center', 'right']);

/** Builds a chunk. */
export function build(parsed: Parsed, chunk: Chunk, painted: readonly Segment[]): Built {
  const builder = new Builder(parsed, painted);
  const box = document.createElement('div');
  try {
    builder.blocks(box, parsed.blocks(chunk), chunk.text, chunk.at);
  } catch {
    return buildSource(chunk, painted);
  }
  return { nodes: [...box.childNodes], pieces: builder.pieces, missing: builder.missing };
}

/** Builds a chunk as the text that it is. */
function buildSource(chunk: Chunk, painted: readonly Segment[]): Built {
  const builder = new Writer(painted);
  const line = element('p', 'source');
  builder.text(line, chunk.text, chunk.at);
  return { nodes: [line], pieces: builder.pieces, missing: builder.missing };
}

/** Builds raw text. */
export function buildRaw(text: string, start: number, painted: readonly Segment[]): Built {
  const builder = new Writer(painted);
  const box = document.createElement('div');
  builder.text(box, text, verbatim(text.length, start));
  return { nodes: [...box.childNodes], pieces: builder.pieces, missing: builder.missing };
}

class Builder extends Spans {
  constructor(
    private readonly parsed: Parsed,
    painted: readonly Segment[],
  ) {
    super(painted);
  }

  /** Blocks, whose sources follow one another in `text`. */
  blocks(parent: Node, tokens: readonly Token[], text: string, at: Positions): void {
    let position = 0;
    for (const token of tokens) {
      const found = text.indexOf(token.raw, position);
      const start = found < 0 ? position : found;
      const end = found < 0 ? text.length : start + token.raw.length;
      this.block(parent, token, text.slice(start, end), at.subarray(start, end + 1));
      if (found >= 0) position = end;
    }
  }

  private block(parent: Node, token: Token, raw: string, at: Positions): void {
    this.breaks = true;
    this.depth += 1;
    if (this.depth > DEEPEST) throw new Error('nested too deeply');
    switch (token.type) {
      case 'space':
      case 'def':
        break;
      case 'hr':
        parent.appendChild(element('hr'));
        break;
      case 'heading':
        this.line(parent, `h${(token as Tokens.Heading).depth}`, token as Tokens.Heading, raw, at);
        break;
      case 'paragraph':
        this.line(parent, 'p', token as Tokens.Paragraph, raw, at);
        break;
      case 'text':
        this.inside(parent, token as Tokens.Text, raw, at);
        break;
      case 'blockquote': {
        const { tokens, text } = token as Tokens.Blockquote;
        const quote = directed(element('blockquote'), text);
        this.blocks(parent.appendChild(quote), tokens, text, align(text, raw, at));
        break;
      }
      case 'list':
        this.list(parent, token as Tokens.List, raw, at);
        break;
      case 'table':
        this.table(parent, token as Tokens.Table, raw, at);
        break;
      case 'code':
        this.code(parent, token as Tokens.Code, raw, at);
        break;
      case 'formula':
        this.formula(parent, token as FormulaToken, raw, at);
        break;
      case 'html': {
        const line = automatic(element('p', 'source'));
        this.tags(parent.appendChild(line), raw, at);
        break;
      }
      case 'checkbox':
        checkbox(parent, token as Tokens.Checkbox);
        break;
      default:
        this.text(parent, raw, at);
    }
    this.depth -= 1;
    this.breaks = true;
  }

  private line(
    parent: Node,
    tag: string,
    token: { tokens?: Token[]; text: string },
    raw: string,
    at: Positions,
  ): void {
    this.inside(parent.appendChild(automatic(element(tag))), token, raw, at);
  }

  /** What stands inside the lines of a block. */
  private inside(
    parent: Node,
    token: { tokens?: Token[]; text: string },
    raw: string,
    at: Positions,
  ): void {
    const { text, tokens } = this.parsed.inline(token);
    this.inline(parent, tokens, text, alignInside(text, raw, at));
  }

  private list(parent: Node, list: Tokens.List, raw: string, at: Positions): void {
    const box = directed(element(list.ordered ? 'ol' : 'ul'), list.items[0]?.text ?? '');
    if (list.ordered && list.start !== 1) box.setAttribute('start', String(list.start));
    parent.appendChild(box);
    let position = 0;
    for (const item of list.items) {
      const found = raw.indexOf(item.raw, position);
      const start = found < 0 ? position : found;
      const end = Math.min(start + item.raw.length, raw.length);
      const line = automatic(element('li', item.task ? 'task' : ''));
      const within = align(item.text, raw.slice(start, end), at.subarray(start, end + 1));
      this.breaks = true;
      this.blocks(box.appendChild(line), item.tokens, item.text, within);
      box.append('\n');
      position = end;
    }
  }

  private table(parent: Node, table: Tokens.Table, raw: string, at: Positions): void {
    const scroll = element('div', 'scroll');
    const box = scroll.appendChild(directed(element('table'), raw));
    const lines = raw.split('\n');
    let position = 0;
    let [head, body] = [0, 0];
    const rows = [table.header, null, ...table.rows];
    for (const [n, cells] of rows.entries()) {
      const line = lines[n] ?? '';
      if (cells) {
        const part = n === 0 ? 'thead' : 'tbody';
        if (part === 'thead' ? head++ === 0 : body++ === 0) box.appendChild(element(part));
        const row = element('tr');
        this.row(row, cells, line, at.subarray(position, position + line.length + 1));
        box.lastChild!.appendChild(row);
      }
      position = Math.min(position + line.length + 1, raw.length);
    }
    parent.appendChild(scroll);
  }

  private row(row: Node, cells: readonly Tokens.TableCell[], line: string, at: Positions): void {
    const places = cellPlaces(line);
    for (const [n, cell] of cells.entries()) {
      const box = automatic(element(cell.header ? 'th' : 'td'));
      if (cell.align && ALIGNMENTS.has(cell.align)) box.setAttribute('align', cell.align);
      const [start, end] = places[n] ?? [line.length, line.length];
      this.breaks = true;
      this.inside(row.appendChild(box), cell, line.slice(start, end), at.subarray(start, end + 1));
    }
  }

  private code(parent: Node, token: Tokens.Code, raw: string, at: Positions): void {
    if (token.lang === 'math') {
      const first = raw.indexOf('\n') + 1;
      const formula = { tex: token.text, display: true };
      this.formula(parent, formula, raw.slice(first), at.subarray(first));
      return;
    }
    const box = element('pre');
    box.setAttribute('dir', 'ltr');
    const code = box.appendChild(element('code'));
    const first = token.codeBlockStyle === 'indented' ? 0 : raw.indexOf('\n') + 1;
    const within = align(token.text, raw.slice(first), at.subarray(first));
    const spans = highlighted(token.text, token.lang ?? '', this.missing);
    let position = 0;
    for (const { text, classes } of spans) {
      const target = classes === '' ? code : code.appendChild(element('span', classes));
      this.text(target, text, within.subarray(position, position + text.length + 1));
      position += text.length;
    }
    parent.appendChild(box);
  }
}

/** Lets a block find its own direction. */
function automatic(box: HTMLElement): HTMLElement {
  box.setAttribute('dir', 'auto');
  return box;
}

/** Gives a block of blocks the direction of its text, which the engine would not look for there. */
function directed(box: HTMLElement, text: string): HTMLElement {
  box.setAttribute('dir', directionOf(text));
  return box;
}

/** Where the inside of a heading, a cell or a paragraph stands in its block. */
function alignInside(text: string, raw: string, at: Positions): Positions {
  const found = raw.indexOf(text);
  // The mark of a heading, `#`, may be its text too: the text comes last.
  const start = found >= 0 && raw.startsWith('#') ? headingStart(text, raw) : found;
  return start >= 0 ? at.subarray(start, start + text.length + 1) : align(text, raw, at);
}

function headingStart(text: string, raw: string): number {
  return raw.indexOf(text, /^#{1,6}[ \t]*/.exec(raw)![0].length);
}

/** Where the cells of a line of a table are, between its pipes. */
function cellPlaces(line: string): [number, number][] {
  const cuts: number[] = [];
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') i += 1;
    else if (line[i] === '|') cuts.push(i);
  }
  const first = line.search(/\S/);
  const edges = cuts[0] === first && first >= 0 ? cuts : [-1, ...cuts];
  return edges.map((edge, n) => [edge + 1, edges[n + 1] ?? line.length]);
}
