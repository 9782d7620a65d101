/**
 * Answers as they read, without letting them act. Raw HTML in an answer is text like any other
 * and is shown as such, apart from a few tags that only set type. Links and pictures become text
 * with their address: nothing can be followed and nothing is fetched.
 */
import DOMPurify from 'dompurify';
import { Marked, type Tokens } from 'marked';

const TYPE_ONLY = /&lt;(\/?(?:b|i|em|strong|u|s|del|ins|mark|small|sub|sup|kbd|br))\s*\/?&gt;/gi;

const ALLOWED_TAGS = [
  ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote'],
  ...['pre', 'code', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'div', 'span'],
  ...['b', 'i', 'em', 'strong', 'u', 's', 'del', 'ins', 'mark', 'small', 'sub', 'sup', 'kbd'],
];
const ALLOWED_ATTR = ['align', 'class', 'dir', 'start'];
const BLOCKS = new Set(
  ['P', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'UL', 'OL', 'LI', 'BLOCKQUOTE', 'TH', 'TD'],
);

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const marked = new Marked({
  gfm: true,
  // A line break in the data is a line break on the screen.
  breaks: true,
  renderer: {
    html({ text, block }: Tokens.HTML | Tokens.Tag) {
      const shown = escape(text).replace(TYPE_ONLY, '<$1>');
      return block ? `<p class="source">${shown}</p>` : shown;
    },
    link({ href, text, tokens }: Tokens.Link) {
      const inner = this.parser.parseInline(tokens);
      const address = text === href || `mailto:${text}` === href ? '' : addressOf(href);
      return `<span class="link">${inner}</span>${address}`;
    },
    image({ href, text }: Tokens.Image) {
      return `<span class="picture">[image: ${escape(text)}]</span>${addressOf(href)}`;
    },
    checkbox({ checked }: Tokens.Checkbox) {
      return checked ? '☑ ' : '☐ ';
    },
    code({ text }: Tokens.Code) {
      return `<pre dir="ltr"><code>${escape(text)}</code></pre>`;
    },
  },
});

function addressOf(href: string): string {
  return href === '' ? '' : ` <span class="address">(${escape(href)})</span>`;
}

const purify = DOMPurify();
purify.addHook('afterSanitizeAttributes', (node) => {
  if (BLOCKS.has(node.nodeName)) node.setAttribute('dir', 'auto');
});

/** Markdown as HTML that is safe to insert. Text that cannot be parsed is shown as it is. */
export function renderMarkdown(text: string): string {
  let html: string;
  try {
    html = marked.parse(text, { async: false });
  } catch {
    // Absurdly deep nesting exhausts the parser's stack.
    html = `<p class="source">${escape(text)}</p>`;
  }
  html = html.replaceAll('<table>', '<div class="scroll"><table>');
  html = html.replaceAll('</table>', '</table></div>');
  return purify.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
  });
}
