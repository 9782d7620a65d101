import type { AnswerView, ComparisonView } from '../../ipc/bindings';
import type { SkipReason } from './keys';

/** Strength 0 to 3 in words. */
export const STRENGTHS = ['negligibly', 'slightly', 'clearly', 'much'] as const;

/** Why a comparison is skipped, in words. */
export const SKIPS: Record<SkipReason, string> = {
  unstated: 'No reason',
  not_qualified: 'I cannot tell',
  broken: 'Broken or cut off',
  unwanted: 'I would rather not',
};

/** An answer as one reads it: `Left, clearly better`. */
export function answerWords(view: AnswerView, comparison: ComparisonView): string {
  const { answer, strength } = view;
  switch (answer.kind) {
    case 'preferred': {
      const left = comparison.candidates[0]?.id === answer.candidate;
      const words = strength === null ? null : STRENGTHS[strength];
      return `${left ? 'Left' : 'Right'}${words ? `, ${words} better` : ''}`;
    }
    case 'ranked':
      return 'Ranked';
    case 'tie':
      return 'Tie';
    case 'both_bad':
      return 'Both bad';
    case 'skipped':
      return 'Skipped';
  }
}
