/** Moving through the form: what is asked next, and what a key or a click answers. */
import type { Answer } from '../../ipc/bindings';
import { i18n } from '../../i18n/i18n.svelte';
import {
  digitValue,
  END,
  fill,
  hasForm,
  isAnswered,
  isOpen,
  questions,
  valueOf,
  type Asked,
  type Question,
} from './form';
import type { Step } from './respond';
import { NO_FAILURE, openQuestion, type SessionState } from './session-state';

/** Opens the form for a choice, at the first question that is not answered yet. */
export function enterForm(state: SessionState, choice: Answer, asked: Asked): Step {
  const { current, earlier } = state;
  if (!current) return {};
  const list = questions(asked, current, choice).filter((one) => isOpen(one, state));
  const stays = state.pending === 'form' && list.some((one) => one.id === state.at);
  const first = earlier ? list[0] : list.find((one) => !isAnswered(one, state, current));
  const at = stays ? state.at : (first?.id ?? END);
  const change = { choice, strength: state.strength, ...NO_FAILURE };
  return arrive(
    change,
    list.find((one) => one.id === at),
    state.pending === 'form',
  );
}

/** A digit answers the open question and goes on to the next; reasons stay. */
export function digit(state: SessionState, pressed: number, asked: Asked): Step {
  const { current } = state;
  const question = openQuestion(state, asked);
  if (!current || !question) return {};
  const value = digitValue(question, pressed, current.candidates.length);
  const filled = value === null ? null : fill(question, value, state, current, asked);
  if (!filled) return { change: { notice: i18n.t.annotate.hints[question.kind] } };
  const change = { ...filled, notice: null, gate: null };
  return isTicked(question) ? { change } : goOn({ ...state, ...change }, question, asked, change);
}

/** Enter: on to the next question, unless this one must be answered. */
export function confirmForm(state: SessionState, asked: Asked): Step {
  const { current, choice } = state;
  if (!current || !choice) return {};
  const question = openQuestion(state, asked);
  if (!question) return { then: { submit: choice } };
  if (question.required && !isAnswered(question, state, current)) {
    const { notice, then } = choosePending(question, asked);
    return { change: { notice }, then };
  }
  return goOn(state, question, asked, {});
}

/** Back by one question; null at the first. */
export function stepBack(state: SessionState, asked: Asked): Step | null {
  if (!state.current) return null;
  const list = questions(asked, state.current, state.choice).filter((one) => isOpen(one, state));
  const at = list.findIndex((one) => one.id === state.at);
  const before = at < 0 ? list.at(-1) : list[at - 1];
  return before ? { change: { at: before.id, notice: null, gate: null } } : null;
}

/** A click on any answer of the form: gives it, or takes it back. */
export function clicked(state: SessionState, id: string, value: number, asked: Asked): Step {
  const { current } = state;
  if (!current) return {};
  const list = questions(asked, current, state.choice);
  const question = list.find((one) => one.id === id);
  if (!question) return {};
  const again = !isTicked(question) && valueOf(question, state, current) === value;
  const filled = fill(question, again ? null : value, state, current, asked);
  if (!filled) return {};
  const change: Partial<SessionState> = { ...filled, notice: null, gate: null };
  if (state.pending !== 'form') return { change };
  if (again || isTicked(question)) return { change: { ...change, at: id } };
  const after = { ...state, ...change };
  const rest = list.slice(list.indexOf(question) + 1);
  const next = rest.find((one) => isOpen(one, after) && one.kind !== 'rationale');
  return { change: { ...change, at: next?.id ?? END } };
}

/** What becomes of the screen when a question that must be answered is not. */
export function choosePending(question: Question, asked: Asked) {
  const t = i18n.t.annotate;
  const writes = question.kind === 'rationale';
  const pending = hasForm(asked) ? 'form' : writes ? 'reason' : 'strength';
  const notice = writes
    ? t.reasonNeeded
    : question.kind === 'strength'
      ? t.strengthNeeded
      : t.answerNeeded;
  return { pending, notice, then: writes ? 'write-reason' : undefined } as const;
}

function goOn(
  state: SessionState,
  question: Question,
  asked: Asked,
  change: Partial<SessionState>,
): Step {
  const { current, choice } = state;
  if (!current || !choice) return {};
  const list = questions(asked, current, choice);
  const rest = list.slice(list.findIndex((one) => one.id === question.id) + 1);
  // A reason that is written already is not asked for again.
  const next = rest.find(
    (one) => isOpen(one, state) && (one.kind !== 'rationale' || !isAnswered(one, state, current)),
  );
  return next ? arrive(change, next, false) : { change, then: { submit: choice } };
}

function arrive(change: Partial<SessionState>, at: Question | undefined, stays: boolean): Step {
  const there: Partial<SessionState> = {
    ...change,
    pending: 'form',
    at: at?.id ?? END,
    notice: null,
    gate: null,
  };
  return { change: there, then: at?.kind === 'rationale' && !stays ? 'write-reason' : undefined };
}

const isTicked = ({ kind }: Question) => kind === 'reasons' || kind === 'aspect-reasons';
