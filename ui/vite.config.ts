import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

import { frozenPrototype } from './scripts/frozen-prototype.mjs';

/** Every engine that the page runs in reads WOFF2: the older copies of KaTeX's fonts stay out. */
const woff2Only = {
  name: 'woff2-only',
  enforce: 'pre' as const,
  transform(css: string, id: string): string | undefined {
    if (!/katex.*\.css/.test(id)) return undefined;
    return css.replaceAll(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, '');
  },
};

export default defineConfig({
  // Relative, so that the page works from any scheme the window serves it under.
  base: './',
  plugins: [svelte(), svelteTesting(), woff2Only, frozenPrototype],
  server: { fs: { allow: ['..'] } },
  build: {
    target: ['safari16', 'chrome107'],
    modulePreload: { polyfill: false },
    // Everything is a file of its own: the page's policy allows no data: addresses.
    assetsInlineLimit: 0,
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/test-setup.ts'],
    include: ['src/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
