import type { AnswerView } from '../../ipc/bindings';
import { NO_DETAILS, type Details } from './answers';
import { UNANSWERED, type Draft } from './session-state';

const known = new WeakMap<AnswerView, Draft>();
const NONE: Draft = { rationale: '', details: NO_DETAILS, tiers: UNANSWERED.tiers };

/** What an earlier answer brings back to the screen; the same objects each time it is asked. */
export function restored(earlier: AnswerView | null): Draft {
  if (!earlier) return NONE;
  const found = known.get(earlier) ?? read(earlier);
  known.set(earlier, found);
  return found;
}

function read(earlier: AnswerView): Draft {
  const { answer, rationale, confidence, reason_tags, aspects, highlights, steps } = earlier;
  const details: Details = { confidence, reason_tags, aspects, highlights, steps };
  const tiers = answer.kind === 'ranked' ? answer.tiers : UNANSWERED.tiers;
  return { rationale: rationale ?? '', details, tiers };
}
