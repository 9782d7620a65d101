/** What is answered beside the choice itself. Untouched is absent, never a default. */
import type {
  AspectAnswerView,
  AspectView,
  AnswerView,
  HighlightView,
  StepView,
} from '../../ipc/bindings';

/** Everything but choice, strength and rationale. */
export type Details = Pick<
  AnswerView,
  'confidence' | 'reason_tags' | 'aspects' | 'highlights' | 'steps'
>;

export const NO_DETAILS: Details = {
  confidence: null,
  reason_tags: [],
  aspects: [],
  highlights: [],
  steps: [],
};

/** How sure, from guessing to certain, as it is stored. */
export const CONFIDENCES = [0, 1 / 3, 2 / 3, 1] as const;

/** Which of {@link CONFIDENCES} a stored value is nearest to. */
export function confidenceLevel(confidence: number | null): number | null {
  return confidence === null ? null : Math.round(confidence * 3);
}

export const aspectOf = (details: Details, aspect: string): AspectView | undefined =>
  details.aspects.find((one) => one.aspect === aspect);

/** Answers an aspect; null takes the answer back. Its reasons go with it, and with a tie. */
export function answerAspect(
  details: Details,
  aspect: string,
  answer: AspectAnswerView | null,
): Details {
  const before = aspectOf(details, aspect);
  if (!answer) return { ...details, aspects: details.aspects.filter((one) => one !== before) };
  const reasons = answer.kind === 'tie' ? [] : (before?.reasons ?? []);
  const after: AspectView = { aspect, answer, reasons };
  return {
    ...details,
    aspects: before
      ? details.aspects.map((one) => (one === before ? after : one))
      : [...details.aspects, after],
  };
}

/** The rating of a candidate on an aspect. */
export function ratingOf(details: Details, aspect: string, candidate: string): number | null {
  const answer = aspectOf(details, aspect)?.answer;
  if (answer?.kind !== 'ratings') return null;
  return answer.ratings.find(([rated]) => rated === candidate)?.[1] ?? null;
}

/** Rates a candidate on an aspect; null takes the rating back. */
export function rate(
  details: Details,
  aspect: string,
  candidate: string,
  rating: number | null,
): Details {
  const answer = aspectOf(details, aspect)?.answer;
  const before = answer?.kind === 'ratings' ? answer.ratings : [];
  const others = before.filter(([rated]) => rated !== candidate);
  const ratings: [string, number][] = rating === null ? others : [...others, [candidate, rating]];
  return answerAspect(details, aspect, ratings.length > 0 ? { kind: 'ratings', ratings } : null);
}

/** Ticks a reason of an aspect, or takes the tick away. */
export function toggleAspectReason(details: Details, aspect: string, reason: string): Details {
  return {
    ...details,
    aspects: details.aspects.map((one) =>
      one.aspect === aspect ? { ...one, reasons: toggled(one.reasons, reason) } : one,
    ),
  };
}

/** Ticks a reason for the whole comparison, or takes the tick away. */
export function toggleReason(details: Details, reason: string): Details {
  return { ...details, reason_tags: toggled(details.reason_tags, reason) };
}

export function mark(details: Details, highlights: HighlightView[]): Details {
  return { ...details, highlights };
}

export function markSteps(details: Details, steps: StepView[]): Details {
  return { ...details, steps };
}

/** Whether anything is answered. */
export function isEmpty(details: Details): boolean {
  const { confidence, reason_tags, aspects, highlights, steps } = details;
  return (
    confidence === null && [reason_tags, aspects, highlights, steps].every((one) => !one.length)
  );
}

function toggled(list: string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}
