/** No component says anything that is not in the catalogues. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { parse } from 'svelte/compiler';
import { describe, expect, it, test } from 'vitest';

/** The name of the program, names of keys, and of what has one name everywhere. */
const ALLOWED = new Set(['Tiebreak', 'Esc', 'Alt', 'Enter', 'Ctrl', 'LUFS', 'dB']);

/** Attributes that people read or hear. */
const READ = ['alt', 'aria-description', 'aria-label', 'aria-valuetext', 'placeholder', 'title'];

interface Node {
  type: string;
  data?: string;
  name?: string;
  value?: unknown;
  [key: string]: unknown;
}

const words = (text: string) => text.match(/\p{L}[\p{L}’'-]+/gu) ?? [];
const isSaid = (text: string) => words(text).some((word) => !ALLOWED.has(word));

/** Every text and every attribute that is read, as long as it is written out. */
function* written(node: unknown): Generator<string> {
  if (Array.isArray(node)) {
    for (const one of node) yield* written(one);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, name, data } = node as Node;
  if (type === 'Text' && data !== undefined) {
    if (isSaid(data)) yield data.trim();
    return;
  }
  if (type === 'StyleDirective') return;
  if (type === 'Attribute') {
    if (!READ.includes(name ?? '')) return;
    for (const text of literals((node as Node).value)) if (isSaid(text)) yield `${name}="${text}"`;
    return;
  }
  if (type === 'ExpressionTag') {
    for (const text of literals((node as Node).expression)) if (isSaid(text)) yield text;
    return;
  }
  for (const [key, value] of Object.entries(node)) {
    if (!['css', 'instance', 'module', 'loc', 'test', 'expression', 'metadata'].includes(key)) {
      yield* written(value);
    }
  }
}

/** Texts written out in an expression, where their value is what is shown. */
function* literals(node: unknown): Generator<string> {
  if (Array.isArray(node)) {
    for (const one of node) yield* literals(one);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const one = node as Node;
  switch (one.type) {
    case 'Text':
      yield one.data ?? '';
      break;
    case 'Literal':
      if (typeof one.value === 'string') yield one.value;
      break;
    case 'TemplateLiteral':
      for (const part of one.quasis as { value: { cooked: string } }[]) yield part.value.cooked;
      break;
    case 'ExpressionTag':
      yield* literals(one.expression);
      break;
    case 'ConditionalExpression':
      yield* literals(one.consequent);
      yield* literals(one.alternate);
      break;
    case 'LogicalExpression':
      yield* literals(one.left);
      yield* literals(one.right);
      break;
    case 'BinaryExpression':
      if (one.operator === '+') {
        yield* literals(one.left);
        yield* literals(one.right);
      }
      break;
  }
}

const found = (source: string) => [...written(parse(source, { modern: true }).fragment)];

const root = resolve(process.cwd(), 'src');
const components = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.svelte'))
  .sort();

test.each(components)('%s', (file) =>
  expect(found(readFileSync(resolve(root, file), 'utf8'))).toEqual([]),
);

describe('what the rule sees', () => {
  it.each([
    ['<p>Hello</p>', ['Hello']],
    ['<p>{i18n.t.study.done}</p>', []],
    ['<h1>Tiebreak</h1>', []],
    ['<kbd>Esc</kbd> <p>· 12 –</p>', []],
    ['<button aria-label="Close it">×</button>', ['aria-label="Close it"']],
    ['<p class="muted" data-testid="item">1</p>', []],
    ["{#if a}<p>{a ? 'Yes' : t.no}</p>{/if}", ['Yes']],
    ['{#each all as one}<li title="Item {one}"></li>{/each}', ['title="Item "']],
    ['{#snippet part(x)}<b>Bold</b>{/snippet}', ['Bold']],
    ['<p>{`${n} done`}</p>', [' done']],
    ["<p class={a ? 'one' : 'two'}>{words('a')}</p>", []],
  ])('%s', (source, expected) => expect(found(source)).toEqual(expected));
});
