import { describe, expect, it, test } from 'vitest';

import { TextView } from '../../lib/markdown';
import { WordCursor } from './cursor';

function cursorOver(...texts: string[]): { cursor: WordCursor; at: () => string | null } {
  const views = texts.map((text) => {
    const view = new TextView(document.createElement('div'), text, false);
    view.show([]);
    return view;
  });
  const cursor = new WordCursor(() => views);
  cursor.begin();
  const at = (): string | null => {
    const chosen = cursor.chosen();
    return chosen && texts[chosen.view]!.slice(chosen.start, chosen.end);
  };
  return { cursor, at };
}

/** `>` and `<` are words, `v` and `^` lines, capitals and `)` `(` extend. */
function press(cursor: WordCursor, keys: string): void {
  for (const key of keys) {
    if (key === '>' || key === ')') cursor.byWord(1, key === ')');
    if (key === '<' || key === '(') cursor.byWord(-1, key === '(');
    if (key === 'v' || key === 'V') cursor.byLine(1, key === 'V');
    if (key === '^' || key === 'A') cursor.byLine(-1, key === 'A');
  }
}

describe('the cursor goes', () => {
  it.each([
    ['to the first word', ['# one two'], '', 'one'],
    ['word by word', ['one, two three'], '>>', 'three'],
    ['back', ['one two three'], '>><', 'two'],
    ['not before the first', ['one two'], '<<', 'one'],
    ['not behind the last', ['one two'], '>>>', 'two'],
    ['through markup', ['a **bold** [link](x) `code`'], '>>>>', 'code'],
    ['over bold within a word', ['**bo**ld x'], '', 'bo**ld'],
    ['into the next paragraph', ['one\n\ntwo'], '>', 'two'],
    ['into the next turn', ['one', 'two'], '>', 'two'],
    ['back into the turn before', ['one two', 'three'], '>>>><', 'two'],
    ['over an empty turn', ['one', '', 'two'], '>', 'two'],
    ['through a table', ['|a|b|\n|-|-|\n|c|d|'], '>>>', 'd'],
    ['by line', ['one two\nthree four\n\nfive'], 'vv', 'five'],
    ['extending', ['one two three'], '>)', 'two three'],
    ['extending back', ['one two three'], '>>((', 'one two three'],
    ['extending and back', ['one two three'], ')(', 'one'],
    ['not extending over a turn', ['one', 'two'], ')', 'one'],
    ['anew after extending', ['one two three'], ')>', 'three'],
    ['over emoji', ['a 😀 b'], '>', 'b'],
    ['right to left', ['نص عربي'], '>', 'عربي'],
  ])('%s', (_, texts, keys, expected) => {
    const { cursor, at } = cursorOver(...texts);
    press(cursor, keys);
    expect(at()).toBe(expected);
  });

  test('through texts that are not drawn yet', () => {
    const text = Array.from({ length: 2_000 }, (_, n) => `w${n}\n\n`).join('');
    const { cursor, at } = cursorOver(text);
    press(cursor, '>'.repeat(1_999));
    expect(at()).toBe('w1999');
  });

  test('to a place in the text', () => {
    const { cursor, at } = cursorOver('one **two** three');
    cursor.goTo(0, 7);
    expect(at()).toBe('two');
  });

  test('nowhere where there is nothing', () => {
    const { cursor } = cursorOver('', '---');
    expect(cursor.begin()).toBe(false);
    expect(cursor.chosen()).toBeNull();
  });

  test('sign by sign where there are no words', () => {
    const { at } = cursorOver('→ =');
    expect(at()).toBe('→');
  });
});
