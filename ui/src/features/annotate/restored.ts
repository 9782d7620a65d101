import type { AnswerView, AspectView, ComparisonView } from '../../ipc/bindings';
import { NO_DETAILS, type Details } from './answers';
import type { Asked } from './form';
import { UNANSWERED, type Draft } from './session-state';

/** Nothing was answered before. */
export const NONE: Draft = { rationale: '', details: NO_DETAILS, tiers: UNANSWERED.tiers };

/** What an earlier answer brings back to the screen. */
export function restored(
  earlier: AnswerView | null,
  asked: Asked,
  comparison: ComparisonView,
): Draft {
  if (!earlier) return NONE;
  const { answer, rationale, confidence, reason_tags, aspects, highlights, steps } = earlier;
  const details: Details = { confidence, reason_tags, aspects, highlights, steps };
  const tiers = answer.kind === 'ranked' ? answer.tiers : UNANSWERED.tiers;
  return stillAsked({ rationale: rationale ?? '', details, tiers }, asked, comparison);
}

/**
 * What the study asks for now, of what was answered when it may have had another design. The rest
 * could be neither seen nor taken back, and would not be accepted.
 */
export function stillAsked(draft: Draft, asked: Asked, comparison: ComparisonView): Draft {
  const { confidence, reason_tags, aspects, highlights, steps } = draft.details;
  const text = comparison.modality === 'text';
  return {
    ...draft,
    rationale: asked.rationale === 'off' ? '' : draft.rationale,
    details: {
      confidence: asked.confidence === 'off' ? null : confidence,
      reason_tags: reason_tags.filter((tag) => asked.reason_tags.includes(tag)),
      aspects: aspects.flatMap((one) => aspectStillAsked(one, asked)),
      highlights: text && asked.highlights !== 'off' ? highlights : [],
      steps: text && asked.steps !== 'off' ? steps : [],
    },
  };
}

function aspectStillAsked(given: AspectView, asked: Asked): AspectView[] {
  const { kind } = given.answer;
  const setting = asked.aspects.find(({ id }) => id === given.aspect);
  const scale = kind === 'ratings' ? 'rating' : 'preference';
  if (!setting || setting.ask === 'off' || setting.scale !== scale) return [];
  const known = given.reasons.filter((reason) => setting.reasons.includes(reason));
  return [{ ...given, reasons: kind === 'tie' ? [] : known }];
}
