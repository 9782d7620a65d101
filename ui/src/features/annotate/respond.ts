/**
 * How the answer on the screen changes with what the annotator does. Pure: the state and an action
 * in; what changes, and what is to be done about it, out.
 */
import type { Answer } from '../../ipc/bindings';
import { i18n } from '../../i18n/i18n.svelte';
import { firstMissing, hasForm, questions, type Asked } from './form';
import { choosePending, clicked, confirmForm, digit, enterForm, stepBack } from './form-steps';
import { gateOf, type Moment } from './gate';
import type { Action } from './keys';
import { place, placedCount, takeLast, takeOut, type Tiers } from './ranking';
import { isRanking, NO_FAILURE, type SessionState } from './session-state';

/** What an action leads to. */
export interface Step {
  change?: Partial<SessionState>;
  /** `submit` saves the choice; `skip` saves a skip; `write-reason` moves the focus there. */
  then?: { submit: Answer } | 'write-reason';
}

const NOTHING: Step = {};

export function respond(state: SessionState, action: Action, asked: Asked, moment: Moment): Step {
  const { current } = state;
  if (!current) return NOTHING;
  const offered = (step: Step): Step => (step.then ? offer(state, step, asked, moment) : step);
  switch (action.do) {
    case 'choose':
      return offered(choose(state, action.answer, asked));
    case 'prefer':
      return isRanking(current)
        ? arranged(state, toggled(state, action.candidate))
        : offered(prefer(state, action.candidate, asked));
    case 'strength':
      return offer(state, { change: { strength: action.value } }, asked, moment);
    case 'digit':
      return offered(digit(state, action.value, asked));
    case 'fill':
      return clicked(state, action.question, action.value, asked);
    case 'place': {
      const candidate = current.candidates[action.index]?.id;
      if (candidate === undefined || !isRanking(current)) return NOTHING;
      return arranged(state, place(state.tiers, candidate, action.beside || state.beside));
    }
    case 'same-place':
      return { change: { beside: !state.beside && state.tiers.length > 0, notice: null } };
    case 'take-out':
      return arranged(state, takeLast(state.tiers));
    case 'arrange':
      return arranged(state, action.tiers);
    case 'skip':
      if (action.reason) return { then: { submit: { kind: 'skipped', reason: action.reason } } };
      return { change: { ...CALM, pending: 'skip', choice: null, strength: null, at: null } };
    case 'confirm':
      return confirm(state, action.all === true, asked, moment);
    case 'cancel':
      return cancel(state, asked);
    case 'write-reason':
      return asked.rationale === 'off' ? NOTHING : { then: 'write-reason' };
    default:
      return NOTHING;
  }
}

const CALM = { notice: null, gate: null } as const;

function choose(state: SessionState, answer: 'left' | 'right' | 'tie' | 'both_bad', asked: Asked) {
  const t = i18n.t.annotate;
  if (answer === 'tie' && !asked.tie) return { change: { notice: t.noTie } };
  if (answer === 'both_bad' && !asked.both_bad) return { change: { notice: t.noBothBad } };
  if (answer === 'tie' || answer === 'both_bad') return decide(state, { kind: answer }, asked);
  const candidate = state.current?.candidates[answer === 'left' ? 0 : 1]?.id;
  return candidate === undefined ? NOTHING : prefer(state, candidate, asked);
}

function prefer(state: SessionState, candidate: string, asked: Asked): Step {
  const { pending, choice: before, earlier } = state;
  const choice: Answer = { kind: 'preferred', candidate };
  const same = earlier?.answer.kind === 'preferred' && earlier.answer.candidate === candidate;
  const touched = pending === 'strength' || pending === 'form' || (!earlier && hasForm(asked));
  const strength = touched ? state.strength : same ? earlier.strength : null;
  if (hasForm(asked) || asked.strength === 'off') {
    return decide({ ...state, strength }, choice, asked);
  }
  if (pending === 'reason' && before?.kind === 'preferred') return { change: { choice } };
  return { change: { ...CALM, ...NO_FAILURE, pending: 'strength', choice, strength } };
}

/** An answer is chosen: on to the form, or to saving. */
function decide(state: SessionState, choice: Answer, asked: Asked): Step {
  const strength = choice.kind === 'preferred' ? state.strength : null;
  if (!hasForm(asked)) return { change: { strength }, then: { submit: choice } };
  return enterForm({ ...state, strength }, choice, asked);
}

/** Saves unless the study asks for something that is missing. */
function offer(state: SessionState, step: Step, asked: Asked, moment: Moment): Step {
  const after = { ...state, ...step.change };
  const { current } = after;
  const choice = typeof step.then === 'object' ? step.then.submit : (after.choice ?? null);
  if (!current || !choice || step.then === 'write-reason') return step;
  if (choice.kind === 'skipped') return { ...step, then: { submit: choice } };
  const kept = { ...step.change, choice, ...NO_FAILURE };
  const list = questions(asked, current, choice);
  const missing = firstMissing(list, after, current);
  if (missing) {
    const { pending, notice, then } = choosePending(missing, asked);
    return { change: { ...kept, gate: null, pending, at: missing.id, notice }, then };
  }
  // What was heard before an answer was taken back still counts.
  const heardBefore = after.earlier !== null && after.earlier.answer.kind !== 'skipped';
  const wanted = heardBefore ? { ...asked, min_listen_s: 0 } : asked;
  const gate = gateOf(wanted, current, after.details, moment);
  if (!gate) return { change: step.change, then: { submit: choice } };
  const pending = hasForm(asked) ? 'form' : 'held';
  const at = pending === 'form' ? 'end' : null;
  return { change: { ...kept, pending, at, gate, notice: null } };
}

function confirm(state: SessionState, all: boolean, asked: Asked, moment: Moment): Step {
  const { pending, choice, earlier, current, tiers } = state;
  const t = i18n.t.annotate;
  if (pending === 'skip') return { then: { submit: { kind: 'skipped', reason: 'unstated' } } };
  if (pending === 'form' && !all) {
    const step = confirmForm(state, asked);
    return step.then ? offer(state, step, asked, moment) : step;
  }
  if (isRanking(current) && placedCount(tiers) > 0) {
    if (placedCount(tiers) < 2) return { change: { notice: t.placeTwo } };
    if (tiers.length === 1 && !asked.tie) return { change: { notice: t.noTieRanking } };
    const ranked: Answer = { kind: 'ranked', tiers };
    const fresh = pending === 'nothing' && hasForm(asked);
    if (fresh && !all) return decide(state, ranked, asked);
    return offer(state, { then: { submit: ranked } }, asked, moment);
  }
  const answer = choice ?? earlier?.answer;
  // What was chosen before an answer was taken back may not be an answer any more.
  if (answer?.kind === 'tie' && !asked.tie) return { change: { notice: t.noTie } };
  if (answer?.kind === 'both_bad' && !asked.both_bad) return { change: { notice: t.noBothBad } };
  // The order that was brought back has been taken apart.
  if (answer?.kind === 'ranked') return { change: { notice: t.placeTwo } };
  if (answer) return offer(state, { then: { submit: answer } }, asked, moment);
  if (state.rationale.trim() !== '') return { change: { notice: t.chooseForReason } };
  return isRanking(current) ? { change: { notice: t.placeTwo } } : NOTHING;
}

/** Clicked, a candidate gets the next place, or loses the one that it has. */
function toggled({ tiers, beside }: SessionState, candidate: string): Tiers {
  const placed = tiers.some((tier) => tier.includes(candidate));
  return placed ? takeOut(tiers, candidate) : place(tiers, candidate, beside);
}

function arranged(state: SessionState, tiers: Tiers): Step {
  const inForm = state.pending === 'form' && placedCount(tiers) >= 2;
  const pending = inForm ? 'form' : state.earlier ? 'earlier' : 'nothing';
  const choice: Answer | null = inForm ? { kind: 'ranked', tiers } : null;
  const at = inForm ? state.at : null;
  return { change: { ...CALM, ...NO_FAILURE, tiers, beside: false, pending, choice, at } };
}

function cancel(state: SessionState, asked: Asked): Step {
  const { earlier } = state;
  if (state.pending === 'form') {
    const back = stepBack(state, asked);
    if (back) return back;
  }
  return {
    change: {
      ...CALM,
      ...NO_FAILURE,
      pending: earlier ? 'earlier' : 'nothing',
      choice: null,
      at: null,
      beside: false,
      strength: earlier?.strength ?? null,
    },
  };
}
