import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, it, test } from 'vitest';

import { tokensCss } from '../../scripts/tokens.mjs';

const assets = resolve(process.cwd(), '../assets');
const tokens = JSON.parse(readFileSync(resolve(assets, 'tokens.json'), 'utf8')) as Record<'light' | 'dark', Record<string, string>>;

/** Relative luminance and contrast ratio of WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test('tokens.css is what tokens.json generates', () => {
  expect(readFileSync(resolve(assets, 'tokens.css'), 'utf8')).toBe(tokensCss(tokens));
});

test('both themes name the same colours', () => {
  expect(Object.keys(tokens.dark)).toEqual(Object.keys(tokens.light));
});

describe.each(['light', 'dark'] as const)('contrast in the %s theme', (theme) => {
  // 4.5 for text, 3 for the outlines of controls and parts of charts (WCAG AA).
  it.each([
    ['text', 'bg', 4.5],
    ['text', 'surface', 4.5],
    ['text', 'raised', 4.5],
    ['text', 'accent-soft', 4.5],
    ['text', 'warn-soft', 4.5],
    ['text', 'good-soft', 4.5],
    ['text', 'bad-soft', 4.5],
    ['muted', 'bg', 4.5],
    ['muted', 'surface', 4.5],
    ['muted', 'raised', 4.5],
    ['muted', 'accent-soft', 4.5],
    ['accent', 'raised', 4.5],
    ['good', 'raised', 4.5],
    ['warn', 'raised', 4.5],
    ['bad', 'raised', 4.5],
    ['accent', 'surface', 4.5],
    ['accent', 'bg', 4.5],
    ['accent', 'accent-soft', 4.5],
    ['on-accent', 'accent', 4.5],
    ['good', 'surface', 4.5],
    ['good', 'bg', 4.5],
    ['good', 'good-soft', 3],
    ['warn', 'warn-soft', 4.5],
    ['warn', 'bg', 3],
    ['bad', 'bg', 3],
    ['bad', 'bad-soft', 4.5],
    ['bad', 'surface', 4.5],
    ['outline', 'surface', 3],
    ['outline', 'bg', 3],
    ['human', 'surface', 3],
    ['ai', 'surface', 3],
    ['series-1', 'surface', 4.5],
    ['series-2', 'surface', 4.5],
    ['series-3', 'surface', 4.5],
    ['series-4', 'surface', 4.5],
    ['series-5', 'surface', 4.5],
    ['series-6', 'surface', 4.5],
  ])('%s on %s', (front, back, least) => {
    const [a, b] = [tokens[theme][front], tokens[theme][back]];
    if (!a || !b) throw new Error(`no token ${front} or ${back}`);
    expect(contrast(a, b)).toBeGreaterThanOrEqual(least);
  });
});
