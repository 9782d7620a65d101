/** Code as runs of one colour. */
import type { RootContent } from 'hast';

import { fetchLate, late, type Late } from './late';

export interface Run {
  text: string;
  /** Class names; empty for plain text. */
  classes: string;
}

/** Longer code is not worth the time that colouring takes. */
const LONGEST = 40_000;

/** The code in runs; `missing` learns of the library if that has still to come. */
export function highlighted(text: string, lang: string, missing: Set<keyof Late>): Run[] {
  const plain = [{ text, classes: '' }];
  const language = /^[\w+#.-]+/.exec(lang)?.[0].toLowerCase();
  if (!language || text.length > LONGEST) return plain;
  if (!late.code) {
    missing.add('code');
    void fetchLate('code');
    return plain;
  }
  const tree = late.code(text, language);
  if (!tree) return plain;
  const runs: Run[] = [];
  for (const node of tree.children) collect(node, '', runs);
  // A grammar must not lose anything of an answer.
  return runs.map((run) => run.text).join('') === text ? runs : plain;
}

function collect(node: RootContent, classes: string, runs: Run[]): void {
  if (node.type === 'text') {
    runs.push({ text: node.value, classes });
  } else if (node.type === 'element') {
    const own = node.properties['className'];
    const inner = Array.isArray(own) ? own.join(' ') : classes;
    for (const child of node.children) collect(child, inner, runs);
  }
}
