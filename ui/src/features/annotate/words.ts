import { i18n } from '../../i18n/i18n.svelte';
import type { Answer, AnswerView, ComparisonView } from '../../ipc/bindings';
import type { Gate } from './gate';

/** An answer as one reads it: `Left, clearly better`. */
export function answerWords(view: AnswerView, comparison: ComparisonView): string {
  const { annotate: t, common } = i18n.t;
  const { answer, strength } = view;
  switch (answer.kind) {
    case 'preferred': {
      const of = comparison.candidates.length;
      const at = comparison.candidates.findIndex((one) => one.id === answer.candidate);
      const place = common.place(Math.max(0, at), of);
      const word = strength === null ? undefined : t.strengths[strength];
      return word === undefined ? place : t.better(place, word);
    }
    case 'ranked':
      return rankingWords(answer, comparison);
    case 'tie':
      return common.tie;
    case 'both_bad':
      return comparison.candidates.length > 2 ? t.noneGood : t.bothBad;
    case 'skipped':
      return t.skipped;
  }
}

/** `2 > 1 = 3`. */
export function rankingWords(
  answer: Extract<Answer, { kind: 'ranked' }>,
  comparison: ComparisonView,
): string {
  const number = (id: string) => comparison.candidates.findIndex((one) => one.id === id) + 1;
  return answer.tiers.map((tier) => tier.map(number).join(' = ')).join(' > ');
}

/** What an answer waits for; `now` is on the clock of `performance.now()`. */
export function gateWords(gate: Gate, comparison: ComparisonView, now: number): string {
  const { annotate: t, common } = i18n.t;
  const of = comparison.candidates.length;
  const name = (id: string) =>
    common.place(
      comparison.candidates.findIndex((one) => one.id === id),
      of,
    );
  switch (gate.kind) {
    case 'dwell': {
      const left = Math.ceil((gate.readyAt - now) / 1000);
      return left > 0 ? t.dwell(left) : t.ready;
    }
    case 'listen':
      if (gate.missing.length === 0) return t.ready;
      return t.listen(
        gate.missing.map(({ candidate, seconds }) =>
          t.listenFor(name(candidate), Math.ceil(seconds)),
        ),
      );
    case 'highlights':
      return t.highlightsNeeded;
    case 'steps':
      return t.stepsNeeded(gate.candidates.map(name));
  }
}
