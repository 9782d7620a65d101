/** The chart library loads and draws in a window whose `Object.prototype` is frozen. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect, test } from 'vitest';

import { withOwnProperties } from '../../../scripts/frozen-prototype.mjs';

const plugin = pathToFileURL(resolve(process.cwd(), 'scripts/frozen-prototype.mjs')).href;
const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

/** Changes modules as the build does. */
const hook = dataUrl(`
  import { frozenPrototype } from '${plugin}';
  export async function load(url, context, next) {
    const loaded = await next(url, context);
    const changed = frozenPrototype.transform(String(loaded.source ?? ''), url)?.code;
    return changed === undefined ? loaded : { ...loaded, source: changed };
  }
`);
const withHook = dataUrl(`import { register } from 'node:module'; register(${JSON.stringify(hook)});`);

const SCRIPT = `
  import { JSDOM } from 'jsdom';
  const { document } = new JSDOM('').window;
  Object.freeze(Object.prototype);
  const { plot, dot, text, axisX } = await import('@observablehq/plot');
  const points = [{ x: 1, y: 'a' }, { x: 2, y: 'b' }];
  const marks = [axisX({}), dot(points, { x: 'x', y: 'y', symbol: 'diamond' }), text(points, { x: 'x', y: 'y' })];
  process.stdout.write(plot({ document, marks }).querySelectorAll('path').length > 2 ? 'drawn' : 'empty');
`;

function run(...options: string[]): string {
  const args = [...options, '--input-type=module', '--eval', SCRIPT];
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' });
}

test('with the change, it draws', () => expect(run('--import', withHook)).toBe('drawn'));

test('without it, it does not even load', () => expect(() => run()).toThrow(/read only property/));

test.each([
  ['prototype.constructor = constructor;', true],
  ['FormatSpecifier.prototype.toString = function() {', true],
  ['if (a.prototype.toString === b) {', false],
  ['prototype.copy = copy;', false],
])('%s', (code, changes) => expect(withOwnProperties(code) !== null).toBe(changes));
