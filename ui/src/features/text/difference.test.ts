import { describe, expect, it, test } from 'vitest';

import type { Change } from '../../lib/markdown';
import { difference } from './difference';

const cut = (text: string, changes: Change[]): string[] =>
  changes.map(({ start, end }) => text.slice(start, end));

function without(text: string, changes: Change[]): string {
  let [kept, done] = ['', 0];
  for (const { start, end } of changes) {
    kept += text.slice(done, start);
    done = end;
  }
  return kept + text.slice(done);
}

describe('what differs', () => {
  it.each([
    ['a word', 'the red fox', 'the blue fox', ['red'], ['blue']],
    ['nothing', 'the fox', 'the fox', [], []],
    ['a word more', 'the fox', 'the red fox', [], ['red ']],
    ['one side is empty', '', 'the fox', [], ['the fox']],
    ['a number', 'it costs 15 now', 'it costs 16 now', ['15'], ['16']],
    ['case', 'Fox', 'fox', ['Fox'], ['fox']],
    ['words with signs between', 'a fast, red fox', 'a slow, blue fox', ['fast, red'], ['slow, blue']],
    ['emoji', 'so 😀 it is', 'so 😢 it is', ['😀'], ['😢']],
    ['right to left', 'نص عربي هنا', 'نص فارسي هنا', ['عربي'], ['فارسي']],
    ['words with marks', 'cafe\u0301 a', 'cafe\u0302 a', ['cafe\u0301'], ['cafe\u0302']],
  ])('%s', (_, left, right, onlyLeft, onlyRight) => {
    const found = difference(left, right);
    expect(cut(left, found.left)).toEqual(onlyLeft);
    expect(cut(right, found.right)).toEqual(onlyRight);
    expect(found.level).toBe(left === right ? 'same' : 'words');
  });
});

test('without what differs, both texts say the same words', () => {
  const words = ['a', 'b', 'c', 'd ', '\n', ', ', '. '];
  let seed = 3;
  const text = (): string =>
    Array.from({ length: 40 }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return words[seed % words.length];
    }).join(' ');
  for (let n = 0; n < 100; n++) {
    const [left, right] = [text(), text()];
    const found = difference(left, right);
    // Signs between two changes go with them, on the side where they are.
    const solid = (kept: string): string => kept.replaceAll(/[ \t.,;:]+/g, '');
    expect(solid(without(left, found.left))).toBe(solid(without(right, found.right)));
  }
});

describe('past its limits', () => {
  const [left, right] = ['a b\nc d\ne f\n', 'a b\nx y\ne f\n'];

  test('lines are compared', () => {
    const found = difference(left, right, { words: 0, lines: 1_000 });
    expect(found.level).toBe('lines');
    expect(cut(left, found.left)).toEqual(['c d\n']);
    expect(cut(right, found.right)).toEqual(['x y\n']);
  });

  test('long texts are compared by word within the lines that differ', () => {
    const long = Array.from({ length: 2_000 }, (_, n) => `line ${n} says something`);
    const other = long.map((line, n) => (n % 500 === 7 ? line.replace('says', 'tells') : line));
    const found = difference(long.join('\n'), other.join('\n'));
    expect(found.level).toBe('words');
    expect(cut(long.join('\n'), found.left)).toEqual(Array(4).fill('says'));
    expect(cut(other.join('\n'), found.right)).toEqual(Array(4).fill('tells'));
  });

  test('nothing is', () => {
    const found = difference(left, right, { words: 0, lines: 0 });
    expect(found).toEqual({ left: [], right: [], level: 'none' });
  });
});
