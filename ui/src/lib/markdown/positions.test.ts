import { describe, expect, it, test } from 'vitest';

import { TextView } from '.';
import { align, verbatim } from './positions';

function view(text: string, raw = false): { box: HTMLElement; view: TextView } {
  const box = document.createElement('div');
  document.body.replaceChildren(box);
  const made = new TextView(box, text, raw);
  made.show([]);
  made.finish();
  return { box, view: made };
}

/** Selects the first place at which `shown` can be read, as the mouse would. */
function select(box: HTMLElement, shown: string): Range {
  const nodes: Text[] = [];
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  const start = nodes.map((node) => node.data).join('').indexOf(shown);
  if (start < 0) throw new Error(`${shown} is not to be read in ${box.textContent}`);
  const range = document.createRange();
  let position = 0;
  for (const node of nodes) {
    const end = position + node.data.length;
    if (position <= start && start < end) range.setStart(node, start - position);
    if (position < start + shown.length && start + shown.length <= end) {
      range.setEnd(node, start + shown.length - position);
    }
    position = end;
  }
  return range;
}

describe('a selection becomes a stretch of the source', () => {
  it.each([
    // source, what is selected, what of the source that is
    ['plain', 'one two three', 'two', 'two'],
    ['spaces at the ends go', 'one two three', ' two ', 'two'],
    ['bold', 'a **bold** b', 'bold', 'bold'],
    ['across bold', 'a **bold** b', 'a bold b', 'a **bold** b'],
    ['half of bold', 'a **bold** b', 'old b', 'old** b'],
    ['nested', '*a **b** c*', 'b', 'b'],
    ['struck', 'a ~~no~~ b', 'no', 'no'],
    ['code', 'call `f(x)` now', 'f(x)', 'f(x)'],
    ['code with backticks', 'call `` a`b `` now', 'a`b', 'a`b'],
    ['a link', 'see [the guide](https://example.org/g) now', 'guide', 'guide'],
    ['the address of a link', 'see [it](https://example.org/g)', 'example.org', 'example.org'],
    ['a link with an escape', 'see [a \\[b\\] c](x) now', '[b]', '[b\\]'],
    ['an autolink', 'see <https://example.org/>', 'example', 'example'],
    ['a bare address', 'see https://example.org/ now', 'example.org', 'example.org'],
    ['an escape', 'a \\*b\\* c', '*b*', '*b\\*'],
    ['an entity', 'a &amp; b', '&', '&amp;'],
    ['after an entity', 'a &amp; b', '& b', '&amp; b'],
    ['a numbered entity', 'a &#8211; b', '–', '&#8211;'],
    ['not an entity', 'a &nothing b', '&nothing', '&nothing'],
    ['a heading', '## The # head ##', 'head', 'head'],
    ['a heading that says its mark', '# # x', '# x', '# x'],
    ['a link that says its address', 'see [a](a)', 'a', 'a'],
    ['a list', '1. 1 apple\n2. 2 pears', '2 pears', '2 pears'],
    ['the number in an item', '1. 1 apple', '1 apple', '1 apple'],
    ['a nested list', '- a\n  - b **c**\n    d', 'c\nd'.slice(2), 'd'],
    ['a task', '- [x] done\n- [ ] open', 'open', 'open'],
    ['a loose task', '- [x] done\n\n- [ ] open', 'open', 'open'],
    ['a quote', '> one\n> two', 'two', 'two'],
    ['a nested quote', '> > one\n> > two', 'two', 'two'],
    ['a quote with a list', '> - one\n> - two', 'two', 'two'],
    ['a table', '| a | b |\n|---|---|\n| a | x b |', 'x b', 'x b'],
    ['a cell like its head', '| a | b |\n|---|---|\n| c | d |\n| e | f |', 'f', 'f'],
    ['a pipe in a cell', '|a|b|\n|-|-|\n|x \\| y|z|', 'x | y', 'x \\| y'],
    ['a table without outer pipes', 'a|b\n-|-\nc|d', 'd', 'd'],
    ['fenced code', '```py\nx = 1\ny = 2\n```', 'y = 2', 'y = 2'],
    ['fenced code in a list', '- a\n\n  ```py\n  x = 1\n  ```', 'x = 1', 'x = 1'],
    ['indented code', 'a\n\n    x = 1\n    y = 2', 'y = 2', 'y = 2'],
    ['raw tags', 'H<sub>2</sub>O', '2', '2'],
    ['raw html', '<div>a\nb</div>', '<div>a', '<div>a'],
    ['two paragraphs', 'one\n\ntwo three', 'two', 'two'],
    ['a line break', 'one\ntwo', 'two', 'two'],
    ['windows lines', 'one\r\n\r\n> two\r\n> three', 'three', 'three'],
    ['emoji', 'a 😀 b **👩‍👩‍👧 c**', 'c', 'c'],
    ['an emoji', 'a 😀 b', '😀', '😀'],
    ['right to left', 'هذا **نص عربي** هنا', 'عربي', 'عربي'],
    ['combining signs', 'e\u0301 **e\u0301a**', 'e\u0301a', 'e\u0301a'],
  ])('%s', (_, source, shown, expected) => {
    const { box, view: made } = view(source);
    const stretch = made.stretch(select(box, shown));
    expect(stretch && source.slice(stretch.start, stretch.end)).toBe(expected);
  });

  test('which of two equal words is meant is told apart', () => {
    const source = 'no **no** no';
    const { box, view: made } = view(source);
    const range = document.createRange();
    range.selectNodeContents(box.querySelector('strong')!);
    expect(made.stretch(range)).toEqual({ start: 5, end: 7 });
  });

  test('what is not of the text has no place in the source', () => {
    const { box, view: made } = view('- [x] done');
    const range = document.createRange();
    range.selectNodeContents(box.querySelector('li')!.firstChild!);
    expect(made.stretch(range)).toBeNull();
  });
});

describe('raw text is its own source', () => {
  const source = '# a **b** `c`\n\n$x$ 😀\r\n| d |';
  it.each(['# a', '**b**', '$x$ 😀', '| d |'])('%s', (shown) => {
    const { box, view: made } = view(source, true);
    const stretch = made.stretch(select(box, shown));
    expect(stretch && source.slice(stretch.start, stretch.end)).toBe(shown);
  });
});

describe('whatever the text', () => {
  const PARTS = [
    ...['word', '**bold**', '*it*', '`code`', '😀', 'עברית', '[a](b)', '\\*', '&lt;', ' ', ' '],
    ...['\n', '\n\n', '\n- ', '\n  - ', '\n> ', '\n1. ', '\n```\n', '\n    ', '\t', '|', '\n|-|\n'],
    ...['# ', '~~x~~', '<b>', '</b>', '<i x>', '$y$', '\r\n', '_', '*', '**', '[', ']', '(', '!'],
  ];
  // A linear congruential generator: the same texts every time.
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const texts = Array.from({ length: 300 }, () =>
    Array.from({ length: 1 + random(24) }, () => PARTS[random(PARTS.length)]).join(''),
  );

  test.each(texts.map((text) => [JSON.stringify(text), text]))('%s', (_, text) => {
    const { view: made } = view(text);
    for (const piece of made.pieces()) {
      expect(piece.at).toHaveLength(piece.text.length + 1);
      for (let i = 0; i < piece.text.length; i++) {
        const at = piece.at[i]!;
        expect(piece.at[i + 1]).toBeGreaterThanOrEqual(at);
        // What is shown is what stands there, apart from entities and breaks within code.
        if (text[at] !== '&' && !/\s/.test(piece.text[i]!)) {
          expect(text[at], `${piece.text} ${i}`).toBe(piece.text[i]);
        }
      }
      expect(piece.at.at(-1)).toBeLessThanOrEqual(text.length);
    }
  });
});

test.each([
  ['ab\ncd', '> ab\n> cd', [2, 3, 4, 7, 8, 9]],
  ['ab\ncd', '- ab\n  cd', [2, 3, 4, 7, 8, 9]],
  ['a|b', 'a\\|b', [0, 2, 3, 4]],
  ['1', '1. 1', [3, 4]],
])('%j in %j', (text, parent, expected) => {
  expect([...align(text, parent, verbatim(parent.length))]).toEqual(expected);
});
