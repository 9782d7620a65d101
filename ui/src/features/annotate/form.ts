/** The study's further questions, in the order in which they are asked. */
import type {
  Answer,
  AspectAnswerView,
  AspectSetting,
  ComparisonView,
  StudySettings,
} from '../../ipc/bindings';
import {
  answerAspect,
  aspectOf,
  CONFIDENCES,
  confidenceLevel,
  rate,
  ratingOf,
  toggleAspectReason,
  toggleReason,
  type Details,
} from './answers';

/** What a study asks of an annotator. */
export type Asked = Pick<
  StudySettings,
  | 'strength'
  | 'confidence'
  | 'rationale'
  | 'reason_tags'
  | 'aspects'
  | 'highlights'
  | 'steps'
  | 'tie'
  | 'both_bad'
  | 'min_dwell_s'
  | 'min_listen_s'
>;

export type Question = {
  /** Unique in the form, for example `rating:honesty:1`. */
  id: string;
  required: boolean;
} & (
  | { kind: 'strength' }
  | { kind: 'preference'; aspect: AspectSetting }
  | { kind: 'rating'; aspect: AspectSetting; candidate: string; index: number }
  | { kind: 'aspect-reasons'; aspect: AspectSetting }
  | { kind: 'reasons' }
  | { kind: 'confidence' }
  | { kind: 'rationale' }
);

/** Behind the last question: everything is answered, Enter saves. */
export const END = 'end';

/** What a form holds. */
export interface Filled {
  strength: number | null;
  rationale: string;
  details: Details;
}

/** Whether more is asked than a strength and a reason in words. */
export function hasForm(asked: Asked): boolean {
  return (
    asked.confidence !== 'off' ||
    asked.reason_tags.length > 0 ||
    asked.aspects.some((aspect) => aspect.ask !== 'off')
  );
}

/** The questions that go with an answer; before there is one, those that a preference has. */
export function questions(
  asked: Asked,
  comparison: ComparisonView,
  choice: Answer | null,
): Question[] {
  const found: Question[] = [];
  const pair = comparison.candidates.length === 2;
  if (asked.strength !== 'off' && pair && (!choice || choice.kind === 'preferred')) {
    found.push({ id: 'strength', kind: 'strength', required: asked.strength === 'required' });
  }
  for (const aspect of asked.aspects) {
    if (aspect.ask !== 'off') found.push(...aspectQuestions(aspect, comparison));
  }
  if (asked.reason_tags.length > 0) {
    found.push({ id: 'reasons', kind: 'reasons', required: false });
  }
  if (asked.confidence !== 'off') {
    const required = asked.confidence === 'required';
    found.push({ id: 'confidence', kind: 'confidence', required });
  }
  if (asked.rationale === 'required') {
    found.push({ id: 'rationale', kind: 'rationale', required: true });
  }
  return found;
}

function aspectQuestions(aspect: AspectSetting, comparison: ComparisonView): Question[] {
  const required = aspect.ask === 'required';
  const found: Question[] =
    aspect.scale === 'preference'
      ? [{ id: `aspect:${aspect.id}`, kind: 'preference', aspect, required }]
      : comparison.candidates.map((candidate, index) => ({
          id: `rating:${aspect.id}:${index}`,
          kind: 'rating',
          aspect,
          candidate: candidate.id,
          index,
          required,
        }));
  if (aspect.reasons.length > 0) {
    const id = `reasons:${aspect.id}`;
    found.push({ id, kind: 'aspect-reasons', aspect, required: false });
  }
  return found;
}

/** What is answered to a question, as the number that {@link fill} takes; null if nothing. */
export function valueOf(question: Question, filled: Filled, comparison: ComparisonView) {
  const { details } = filled;
  switch (question.kind) {
    case 'strength':
      return filled.strength;
    case 'confidence':
      return confidenceLevel(details.confidence);
    case 'rating':
      return ratingOf(details, question.aspect.id, question.candidate);
    case 'preference': {
      const answer = aspectOf(details, question.aspect.id)?.answer;
      if (!answer || answer.kind === 'ratings') return null;
      if (answer.kind === 'tie') return 0;
      return comparison.candidates.findIndex((one) => one.id === answer.candidate) + 1;
    }
    default:
      return null;
  }
}

export function isAnswered(question: Question, filled: Filled, comparison: ComparisonView) {
  switch (question.kind) {
    case 'reasons':
      return filled.details.reason_tags.length > 0;
    case 'aspect-reasons':
      return (aspectOf(filled.details, question.aspect.id)?.reasons.length ?? 0) > 0;
    case 'rationale':
      return filled.rationale.trim() !== '';
    default:
      return valueOf(question, filled, comparison) !== null;
  }
}

/** Whether keys stop at a question: reasons wait for an answer that names a candidate. */
export function isOpen(question: Question, { details }: Filled): boolean {
  if (question.kind !== 'aspect-reasons') return true;
  const answer = aspectOf(details, question.aspect.id)?.answer;
  return answer !== undefined && answer.kind !== 'tie';
}

/** The value that a digit stands for, if it answers the question at all. */
export function digitValue(question: Question, digit: number, candidates: number): number | null {
  const [first, last, shift] = {
    strength: [0, 3, 0],
    confidence: [1, 4, -1],
    rating: [1, 5, 0],
    preference: [0, candidates, 0],
    'aspect-reasons': [1, 9, -1],
    reasons: [1, 9, -1],
    rationale: [1, 0, 0],
  }[question.kind] as [number, number, number];
  return digit >= first && digit <= last ? digit + shift : null;
}

/**
 * Answers a question. Values: strength 0..3, confidence 0..3, rating 1..5, preference 0 for a tie
 * or the candidate's place from 1, reasons their place in the list from 0. Null takes the answer
 * back; reasons are ticked and unticked. Null is returned for a value that means nothing.
 */
export function fill(
  question: Question,
  value: number | null,
  filled: Filled,
  comparison: ComparisonView,
  asked: Asked,
): Filled | null {
  const { details } = filled;
  const put = (changed: Details): Filled => ({ ...filled, details: changed });
  switch (question.kind) {
    case 'strength':
      return { ...filled, strength: value };
    case 'confidence':
      return put({ ...details, confidence: value === null ? null : (CONFIDENCES[value] ?? null) });
    case 'rating':
      return put(rate(details, question.aspect.id, question.candidate, value));
    case 'preference': {
      const candidate = value === null ? undefined : comparison.candidates[value - 1]?.id;
      if (candidate === undefined && value !== null && value !== 0) return null;
      const answer: AspectAnswerView | null =
        value === null
          ? null
          : candidate === undefined
            ? { kind: 'tie' }
            : { kind: 'preferred', candidate };
      return put(answerAspect(details, question.aspect.id, answer));
    }
    case 'aspect-reasons': {
      const reason = question.aspect.reasons[value ?? -1];
      return reason === undefined
        ? null
        : put(toggleAspectReason(details, question.aspect.id, reason));
    }
    case 'reasons': {
      const reason = asked.reason_tags[value ?? -1];
      return reason === undefined ? null : put(toggleReason(details, reason));
    }
    case 'rationale':
      return null;
  }
}

/** The first question that must be answered and is not. */
export function firstMissing(list: Question[], filled: Filled, comparison: ComparisonView) {
  return list.find((one) => one.required && !isAnswered(one, filled, comparison));
}
