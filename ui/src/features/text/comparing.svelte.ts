/** What differs between two answers, passage by passage, as far as it is known. */
import type { Change } from '../../lib/markdown';
import type { Level } from './difference';
import { differences } from './differences';

export interface Compared {
  level: Level | 'failed';
  /** What only the left has, and what only the right has, by passage. */
  sides: [Change[][], Change[][]];
}

/** From worst to best: the whole is compared as well as its worst passage. */
const LEVELS = ['none', 'lines', 'words', 'same'] as const;

export class Comparing {
  /** Null while it is not known. */
  now = $state.raw<Compared | null>(null);

  /** Compares two answers; returns what gives it up. */
  start(left: readonly string[], right: readonly string[]): () => void {
    this.now = null;
    const count = Math.max(left.length, right.length);
    const pairs = Array.from({ length: count }, (_, n): [string, string] => [
      left[n] ?? '',
      right[n] ?? '',
    ]);
    const asked = differences(pairs);
    let open = true;
    asked.answers.then(
      (answers) => {
        if (!open) return;
        const levels = answers.map((one) => one.level);
        this.now = {
          level: LEVELS.find((one) => levels.includes(one)) ?? 'same',
          sides: [answers.map((one) => one.left), answers.map((one) => one.right)],
        };
      },
      () => {
        if (open) this.now = { level: 'failed', sides: [[], []] };
      },
    );
    return () => {
      open = false;
      asked.cancel();
    };
  }
}
