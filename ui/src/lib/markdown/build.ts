/**
 * Tokens into elements. Nothing of an answer is ever parsed as HTML: elements come from the fixed
 * set below, text goes into text nodes, and links and pictures become text with their address, so
 * that nothing can act, be followed or be fetched.
 */
import type { Token, Tokens } from 'marked';

import { i18n } from '../../i18n/i18n.svelte';
import { decodeEntities } from './entities';
import { highlighted } from './code';
import { directionOf } from './direction';
import { fetchLate, late, type Late } from './late';
import type { FormulaToken } from './math';
import { firstAfter, wrap, type Segment } from './paint';
import type { Chunk, Parsed } from './parse';
import { align, alignStart, lowerBound, verbatim, type Positions } from './positions';

/** A piece of rendered text, or a formula, which is marked whole. */
export interface Piece {
  node: Text | HTMLElement;
  text: string;
  at: Positions;
  /** A line or a block begins here. */
  breaks: boolean;
}

export interface Built {
  nodes: Node[];
  pieces: Piece[];
  /** What was missing: the chunk is to be built again when it is here. */
  missing: Set<keyof Late>;
}

/** Raw tags that only set type; every other one is shown as text. */
const TYPE_ONLY = /^<(\/?)(b|i|em|strong|u|s|del|ins|mark|small|sub|sup|kbd|br)\s*\/?>$/i;
const TAG = /(<\/?(?:b|i|em|strong|u|s|del|ins|mark|small|sub|sup|kbd|br)\s*\/?>)/i;

/** Deeper than this, an answer is shown as it is: engines have limits. */
const DEEPEST = 60;

const ALIGNMENTS = new Set(['left', 'center', 'right']);

/** Builds a chunk. */
export function build(parsed: Parsed, chunk: Chunk, painted: readonly Segment[]): Built {
  const builder = new Builder(parsed, painted);
  const box = document.createElement('div');
  try {
    builder.blocks(box, parsed.blocks(chunk), chunk.text, chunk.at);
  } catch {
    return buildSource(parsed, chunk, painted);
  }
  return { nodes: [...box.childNodes], pieces: builder.pieces, missing: builder.missing };
}

/** Builds a chunk as the text that it is. */
export function buildSource(parsed: Parsed, chunk: Chunk, painted: readonly Segment[]): Built {
  const builder = new Builder(parsed, painted);
  const line = element('p', 'source');
  builder.text(line, chunk.text, chunk.at);
  return { nodes: [line], pieces: builder.pieces, missing: builder.missing };
}

/** Builds raw text. */
export function buildRaw(text: string, start: number, painted: readonly Segment[]): Built {
  const builder = new Builder(null, painted);
  const box = document.createElement('div');
  builder.text(box, text, verbatim(text.length, start));
  return { nodes: [...box.childNodes], pieces: builder.pieces, missing: builder.missing };
}

function element(tag: string, name = ''): HTMLElement {
  const made = document.createElement(tag);
  if (name !== '') made.className = name;
  return made;
}

class Builder {
  readonly pieces: Piece[] = [];
  readonly missing = new Set<keyof Late>();
  private breaks = true;
  private depth = 0;

  constructor(
    private readonly parsed: Parsed | null,
    private readonly painted: readonly Segment[],
  ) {}

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
        parent.appendChild(document.createTextNode((token as Tokens.Checkbox).checked ? '☑ ' : '☐ '));
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
    const { text, tokens } = this.parsed!.inline(token);
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
      const formula = { ...token, type: 'formula', tex: token.text, display: true } as const;
      this.formula(parent, formula as unknown as FormulaToken, raw.slice(first), at.subarray(first));
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

  private formula(parent: Node, token: FormulaToken, raw: string, at: Positions): void {
    const box = element(token.display ? 'div' : 'span', token.display ? 'formula display' : 'formula');
    box.setAttribute('dir', 'ltr');
    try {
      if (!late.formula) throw new Error('not here yet');
      late.formula(token.tex, box, token.display);
    } catch {
      if (!late.formula) {
        this.missing.add('formula');
        void fetchLate('formula');
      }
      // Until it can be drawn, and where it is not a formula: the source.
      const shown = element(token.display ? 'div' : 'span', 'source');
      this.text(parent.appendChild(shown), raw.trimEnd(), at);
      return;
    }
    const [start, end] = [at[0]!, at[raw.trimEnd().length]!];
    this.pieces.push({ node: box, text: '\u{fffc}', at: Int32Array.of(start, end), breaks: this.takeBreak() });
    const over = this.painted.slice(firstAfter(this.painted, start)).find((one) => one.start < end);
    parent.appendChild(over ? wrap(box, over) : box);
  }

  /** What stands inside a line. The sources of the tokens follow one another in `text`. */
  private inline(parent: Node, tokens: readonly Token[], text: string, at: Positions): void {
    const open: Node[] = [parent];
    let position = 0;
    for (const token of tokens) {
      const target = open.at(-1)!;
      if (token.type === 'checkbox') {
        this.block(target, token, '', at);
        this.breaks = true;
        continue;
      }
      const end = Math.min(position + token.raw.length, text.length);
      const within = at.subarray(position, end + 1);
      const tag = token.type === 'html' ? TYPE_ONLY.exec(token.raw) : null;
      if (tag) this.tag(open, tag);
      else this.span(target, token, token.raw, within);
      position = end;
    }
  }

  /** Opens or closes an element for a raw tag; a close without its open changes nothing. */
  private tag(open: Node[], [, slash, name]: RegExpExecArray): void {
    const lower = name!.toLowerCase();
    if (lower === 'br') {
      open.at(-1)!.appendChild(element('br'));
      this.breaks = true;
    } else if (!slash) {
      if (open.length < DEEPEST) open.push(open.at(-1)!.appendChild(element(lower)));
    } else {
      const found = open.findLastIndex((one) => one.nodeName.toLowerCase() === lower);
      if (found > 0) open.length = found;
    }
  }

  private span(parent: Node, token: Token, raw: string, at: Positions): void {
    switch (token.type) {
      case 'strong':
      case 'em':
      case 'del': {
        const { text, tokens } = token as Tokens.Strong;
        const lead = (raw.length - text.length) >> 1;
        const box = parent.appendChild(element(token.type));
        this.nested(box, tokens, text, at.subarray(lead, lead + text.length + 1));
        break;
      }
      case 'link': {
        const { href, text, tokens } = token as Tokens.Link;
        const inner = tokens.map((one) => one.raw).join('');
        const lead = raw.startsWith('[') || raw.startsWith('<') ? 1 : 0;
        const box = parent.appendChild(element('span', 'link'));
        const within = alignStart(inner, raw.slice(lead), at.subarray(lead));
        this.nested(box, tokens, inner, within);
        if (text !== href && `mailto:${text}` !== href) this.address(parent, href, raw, at);
        break;
      }
      case 'image': {
        const { href, text } = token as Tokens.Image;
        const box = parent.appendChild(element('span', 'picture'));
        box.append(`[${i18n.t.text.image}: `);
        this.text(box, text, alignStart(text, raw.slice(2), at.subarray(2)));
        box.append(']');
        this.address(parent, href, raw, at);
        break;
      }
      case 'codespan': {
        const { text } = token as Tokens.Codespan;
        const lead = /^`+ ?/.exec(raw)![0].length - (/^`+ /.test(raw) && text.startsWith(' ') ? 1 : 0);
        const box = parent.appendChild(element('code'));
        this.text(box, text, alignStart(text, raw.slice(lead), at.subarray(lead)));
        break;
      }
      case 'br':
        parent.appendChild(element('br'));
        this.breaks = true;
        break;
      case 'escape':
        this.text(parent, (token as Tokens.Escape).text, at.subarray(1));
        break;
      case 'formula':
        this.formula(parent, token as FormulaToken, raw, at);
        break;
      case 'text': {
        const shown = decodeEntities(raw, at);
        this.text(parent, shown.text, shown.at);
        break;
      }
      default:
        // Raw tags and whatever else there may be.
        this.text(parent, raw, at);
    }
  }

  private nested(parent: Node, tokens: readonly Token[], text: string, at: Positions): void {
    this.depth += 1;
    if (this.depth > DEEPEST) this.text(parent, text, at);
    else this.inline(parent, tokens, text, at);
    this.depth -= 1;
  }

  private address(parent: Node, href: string, raw: string, at: Positions): void {
    if (href === '') return;
    const box = element('span', 'address');
    const found = raw.lastIndexOf(href);
    const start = found < 0 ? raw.length : found;
    box.append('(');
    if (found < 0) box.append(href);
    else this.text(box, href, at.subarray(start, start + href.length + 1));
    box.append(')');
    parent.appendChild(document.createTextNode(' '));
    parent.appendChild(box);
  }

  /** A block of raw HTML: text, but for the tags that only set type. */
  private tags(parent: Node, raw: string, at: Positions): void {
    const open: Node[] = [parent];
    let position = 0;
    for (const part of raw.trimEnd().split(TAG)) {
      const tag = TYPE_ONLY.exec(part);
      if (tag) this.tag(open, tag);
      else this.text(open.at(-1)!, part, at.subarray(position, position + part.length + 1));
      position += part.length;
    }
  }

  /** Text, cut where how it is marked changes. */
  text(parent: Node, text: string, at: Positions): void {
    if (text === '') return;
    let done = 0;
    for (let n = firstAfter(this.painted, at[0]!); n < this.painted.length; n++) {
      const segment = this.painted[n]!;
      const units = at.subarray(0, text.length + 1);
      if (segment.start >= at[text.length]!) break;
      const [begin, end] = [lowerBound(units, segment.start), lowerBound(units, segment.end)];
      this.piece(parent, text, at, done, begin, null);
      this.piece(parent, text, at, Math.max(done, begin), end, segment);
      done = Math.max(done, end);
    }
    this.piece(parent, text, at, done, text.length, null);
  }

  private piece(
    parent: Node,
    text: string,
    at: Positions,
    start: number,
    end: number,
    segment: Segment | null,
  ): void {
    if (end <= start) return;
    const shown = text.slice(start, end);
    const node = document.createTextNode(shown);
    const within = at.subarray(start, end + 1);
    this.pieces.push({ node, text: shown, at: within, breaks: this.takeBreak() });
    parent.appendChild(segment ? wrap(node, segment) : node);
  }

  private takeBreak(): boolean {
    const breaks = this.breaks;
    this.breaks = false;
    return breaks;
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
