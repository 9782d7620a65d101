import { describe, expect, it, test } from 'vitest';

import { TextView } from '.';
import { fetchLate } from './late';
import { formulaAt, maskFormulas } from './math';

describe('what is a formula', () => {
  it.each([
    ['$x$', '$x$'],
    ['$x^2$ is', '$x^2$'],
    ['$n$th', '$n$'],
    ['$2x + 3y$.', '$2x + 3y$'],
    ['$100\\text{ km}$', '$100\\text{ km}$'],
    ['$a\\$b$', '$a\\$b$'],
    ['$HOME_{a}$x', '$HOME_{a}$'],
    ['$$x$$ and', '$$x$$'],
    ['$$\nx\n$$', '$$\nx\n$$'],
    ['\\(x\\) y', '\\(x\\)'],
    ['\\[x\\]', '\\[x\\]'],
    ['\\[\nx\n\\]', '\\[\nx\n\\]'],
  ])('%j', (text, raw) => {
    expect(formulaAt(text, '')?.raw).toBe(raw);
  });
});

describe('what is none', () => {
  it.each([
    ['amounts', '$5 and $6', ''],
    ['amounts with a dash', '$5-$10', ''],
    ['amounts with a dash and spaces', '$5 - $10', ''],
    ['thousands', '$1,000 or $2,000', ''],
    ['an amount, then one the other way round', '$5, but I paid 6$', ''],
    ['words', '$3 apples$', ''],
    ['after a letter', '$5 or 6$', 'S'],
    ['after a digit', '$x$', '2'],
    ['a space behind the first', '$ x$', ''],
    ['a space before the second', '$x $', ''],
    ['a digit behind the second', '$x$1', ''],
    ['shell', '$HOME:$PATH', ''],
    ['shell calls', '$AB$(ls)', ''],
    ['nothing', '$$', ''],
    ['nothing but space', '$$ $$', ''],
    ['a blank line', '$x\n\ny$', ''],
    ['a blank line in display', '$$x\n\ny$$', ''],
    ['open', '\\(x', ''],
    ['open brackets', '\\[x', ''],
    ['three dollars', '$$$', ''],
  ])('%s: %j', (_, text, before) => {
    expect(formulaAt(text, before)).toBeNull();
  });
});

test.each([
  ['a $b*c$ d', 'a aaaaa d'],
  ['$5 and $6*', '$5 and $6*'],
  ['no dollars *here*', 'no dollars *here*'],
])('emphasis does not reach into formulas: %j', (text, masked) => {
  expect(maskFormulas(text)).toBe(masked);
});

describe('formulas on the page', () => {
  async function render(text: string): Promise<HTMLElement> {
    await fetchLate('formula');
    const box = document.createElement('div');
    new TextView(box, text, false).show([]);
    return box;
  }

  it.each([
    ['in a line', 'a $x^2$ b', 1, 0],
    ['with stars inside', 'a $b*c$ and $d*e$', 2, 0],
    ['in a line of its own', 'a\n\n$$x$$\n\nb', 0, 1],
    ['in brackets', '\\[\nx\n\\]', 0, 1],
    ['breaking into a paragraph', 'a\n\\[x\\]\nb', 0, 1],
    ['an environment', '\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}', 0, 1],
    ['a fence', '```math\nx^2\n```', 0, 1],
    ['in a cell', '|a|\n|-|\n|$x$|', 1, 0],
    ['in a list', '- $x$\n- $$y$$', 1, 1],
    ['not in code', '`$x$`', 0, 0],
    ['not in a fence', '```\n$x$\n```', 0, 0],
    ['not in amounts', 'from $5 to $6 and \\$7$', 0, 0],
    ['not where it is none', '$\\frac{$', 0, 0],
  ])('%s', async (_, text, inline, display) => {
    const box = await render(text);
    expect(box.querySelectorAll('span.formula')).toHaveLength(inline);
    expect(box.querySelectorAll('div.formula.display')).toHaveLength(display);
    expect(box.querySelectorAll('.katex')).toHaveLength(inline + display);
  });

  it.each([
    '$\\href{javascript:alert(1)}{x}$',
    '$\\url{javascript:alert(1)}$',
    '$\\includegraphics{https://example.org/x.png}$',
    '$\\htmlClass{raw}{x}$',
    '$\\htmlStyle{position: fixed}{x}$',
    '$\\htmlData{a=b}{x}$',
    '$\\text{<img src=x onerror=alert(1)>}$',
    '$\\def\\a{\\a\\a}\\a$',
  ])('hostile: %s', async (text) => {
    const box = await render(text);
    const acting = 'a, img, script, iframe, [href], [src], [onerror], [data-a]';
    expect(box.querySelectorAll(acting)).toHaveLength(0);
    expect(box.querySelector('[style*="position: fixed"]')).toBeNull();
    expect(box.textContent).not.toBe('');
  });

  test('what is no formula is shown as it is', async () => {
    const box = await render('a $\\frac{x$ b');
    expect(box.textContent).toBe('a $\\frac{x$ b');
  });

  test('a formula is marked whole', async () => {
    const source = 'a $x^2$ b';
    const box = await render(source);
    const view = new TextView(box, source, false);
    view.show([]);
    const range = document.createRange();
    range.selectNodeContents(box.querySelector('.katex-html')!.firstChild!);
    expect(view.stretch(range)).toEqual({ start: 2, end: 7 });
    const marks = [{ start: 2, end: 7, good: true, key: 0, title: 'Good' }];
    view.paint([{ start: 2, end: 7, change: null, marks }]);
    expect(box.querySelector('mark.good > .formula')).not.toBeNull();
  });
});
