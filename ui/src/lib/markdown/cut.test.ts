import { describe, expect, it, test } from 'vitest';

import { cutLines, cutMarkdown } from './cut';

const words = 'some words that make a line long enough to count for something here';
const times = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('');

const LONG: [string, string][] = [
  ['paragraphs', times(200, (n) => `${n} ${words}\n\n`)],
  ['lines', times(200, (n) => `${n} ${words}\n`)],
  ['one line', times(400, (n) => `${n} ${words}. `)],
  ['one word', 'x'.repeat(20_000)],
  ['a list', times(200, (n) => `${n + 1}. ${words}\n`)],
  ['a list with spaces', times(200, (n) => `- ${n} ${words}\n\n  ${words}\n\n`)],
  ['code', `\`\`\`py\n${times(400, (n) => `x = ${n} # ${words}\n`)}\`\`\`\n\nend`],
  ['code that stays open', `~~~\n${times(400, () => `${words}\n\n`)}`],
  ['a table', `| a | b |\n|---|---|\n${times(300, (n) => `| ${n} | ${words} |\n`)}\nend`],
  ['a formula', `$$\n${times(300, (n) => `x_${n} + \\\\\n`)}$$\n`],
  ['quotes', times(200, (n) => `> ${n} ${words}\n`)],
];

describe.each(LONG)('%s', (_, text) => {
  test('nothing is lost', () => {
    for (const parts of [cutMarkdown(text), cutLines(text)]) {
      expect(parts.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
    }
  });

  test('the parts are small', () => {
    if (/^x+$/.test(text)) return;
    for (const { start, end } of cutMarkdown(text)) expect(end - start).toBeLessThan(8_500);
  });
});

test('short texts stay whole', () => {
  expect(cutMarkdown('a\n\nb')).toEqual([{ start: 0, end: 4, continued: false, head: null }]);
  expect(cutMarkdown('')).toEqual([]);
});

describe('what is cut is still what it was', () => {
  it.each([
    ['code', LONG[6]![1], '```py\n'],
    ['a table', LONG[8]![1], '| a | b |\n|---|---|\n'],
  ])('%s has its head in each part', (_, text, head) => {
    const parts = cutMarkdown(text).slice(1, -1);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      expect(part.continued).toBe(true);
      expect(text.slice(part.head?.start, part.head?.end)).toBe(head);
    }
  });

  test('paragraphs are cut between them', () => {
    const text = LONG[0]![1];
    for (const { start, continued } of cutMarkdown(text)) {
      expect(continued).toBe(false);
      expect(text.slice(start)).toMatch(/^\d+ some/);
    }
  });
});
