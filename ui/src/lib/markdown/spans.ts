/**
 * What stands inside lines: emphasis, code, links, pictures, line breaks, raw tags. Links and
 * pictures become text with their address.
 */
import type { Token, Tokens } from 'marked';

import { i18n } from '../../i18n/i18n.svelte';
import { decodeEntities } from './entities';
import type { FormulaToken } from './math';
import { alignStart, type Positions } from './positions';
import { DEEPEST, element, Writer } from './writer';

/** Raw tags that only set type; every other one is shown as text. */
const TYPE_ONLY = /^<(\/?)(b|i|em|strong|u|s|del|ins|mark|small|sub|sup|kbd|br)\s*\/?>$/i;
const TAG = /(<\/?(?:b|i|em|strong|u|s|del|ins|mark|small|sub|sup|kbd|br)\s*\/?>)/i;

export class Spans extends Writer {
  /** What stands inside a line. The sources of the tokens follow one another in `text`. */
  protected inline(parent: Node, tokens: readonly Token[], text: string, at: Positions): void {
    const open: Node[] = [parent];
    let position = 0;
    for (const token of tokens) {
      const target = open.at(-1)!;
      if (token.type === 'checkbox') {
        checkbox(target, token as Tokens.Checkbox);
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
  protected tags(parent: Node, raw: string, at: Positions): void {
    const open: Node[] = [parent];
    let position = 0;
    for (const part of raw.trimEnd().split(TAG)) {
      const tag = TYPE_ONLY.exec(part);
      if (tag) this.tag(open, tag);
      else this.text(open.at(-1)!, part, at.subarray(position, position + part.length + 1));
      position += part.length;
    }
  }
}

/** The box of a task, which the parser leaves out of the text. */
export function checkbox(parent: Node, { checked }: Tokens.Checkbox): void {
  parent.appendChild(document.createTextNode(checked ? '☑ ' : '☐ '));
}
