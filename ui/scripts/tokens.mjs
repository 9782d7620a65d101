// Writes assets/tokens.css from assets/tokens.json: `npm run tokens`.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The stylesheet for colours by name in each theme.
 *
 * @param {{ light: Record<string, string>, dark: Record<string, string> }} tokens
 */
export function tokensCss(tokens) {
  return `/* Generated from tokens.json by \`npm run tokens\` in ui/. Do not edit. */
:root {
  color-scheme: light;
${declarations(tokens.light, '  ')}
}

:root[data-theme='dark'] {
  color-scheme: dark;
${declarations(tokens.dark, '  ')}
}

@media (prefers-color-scheme: dark) {
  :root:not([data-theme]) {
    color-scheme: dark;
${declarations(tokens.dark, '    ')}
  }
}
`;
}

/**
 * @param {Record<string, string>} colours
 * @param {string} indent
 */
function declarations(colours, indent) {
  const lines = Object.entries(colours).map(([name, value]) => `${indent}--${name}: ${value};`);
  return lines.join('\n');
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] === self) {
  const assets = resolve(dirname(self), '../../assets');
  const tokens = JSON.parse(readFileSync(resolve(assets, 'tokens.json'), 'utf8'));
  writeFileSync(resolve(assets, 'tokens.css'), tokensCss(tokens));
}
