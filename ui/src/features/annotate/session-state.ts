import type { Backend } from '../../ipc/backend';
import type { Answer, AnswerView, ComparisonView, Progress, UserError } from '../../ipc/bindings';
import type { ActiveTime } from './active-time';
import { NO_DETAILS, type Details } from './answers';
import type { Keys } from './commands';
import { questions, type Asked } from './form';
import type { Gate } from './gate';
import type { Action, KeyContext, Pending } from './keys';
import type { Tiers } from './ranking';

/** What the screen shows. Replaced as a whole at every change. */
export interface SessionState {
  phase: 'loading' | 'answering' | 'saving' | 'undoing' | 'finished' | 'unloadable';
  current: ComparisonView | null;
  pending: Pending;
  /** The answer that waits for a strength, a reason, the form or a retry. */
  choice: Answer | null;
  /** Null until touched. */
  strength: number | null;
  rationale: string;
  details: Details;
  /** The question of the form that is open, by its id. */
  at: string | null;
  /** The ranking so far, where there are more than two candidates. */
  tiers: Tiers;
  /** The next candidate placed shares the last place. */
  beside: boolean;
  /** The earlier answer to this comparison, brought back by undo. */
  earlier: AnswerView | null;
  progress: Progress | null;
  /** When the last judgment was committed; null after an undo. */
  savedAt: Date | null;
  undoneAt: Date | null;
  error: UserError | null;
  /** What failed, to be done again by Enter or the button. */
  failed: 'saving' | 'undoing' | 'loading' | null;
  notice: string | null;
  /** What the chosen answer waits for. */
  gate: Gate | null;
  /** Counts up when the rationale should get the focus. */
  reasonFocus: number;
}

/** Nothing is answered and nothing went wrong: how every comparison begins. */
export const UNANSWERED = {
  pending: 'nothing',
  choice: null,
  strength: null,
  rationale: '',
  details: NO_DETAILS,
  at: null,
  tiers: [] as Tiers,
  beside: false,
  earlier: null,
  error: null,
  failed: null,
  notice: null,
  gate: null,
} satisfies Partial<SessionState>;

export const NO_FAILURE = { error: null, failed: null } as const;

/** Before the first comparison is there. */
export const STARTING: SessionState = {
  ...UNANSWERED,
  phase: 'loading',
  current: null,
  progress: null,
  savedAt: null,
  undoneAt: null,
  reasonFocus: 0,
};

/** What was begun on a comparison that left the screen without an answer. */
export type Draft = Pick<SessionState, 'rationale' | 'details' | 'tiers'>;

/** What a session needs of the program behind the page. */
export type SessionBackend = Pick<
  Backend,
  'nextComparisons' | 'submitJudgment' | 'undo' | 'progress'
>;

export interface SessionOptions {
  onChange?: (state: SessionState) => void;
  /** Resolves when what was set is on the screen: only then can it be answered. */
  painted?: () => Promise<void>;
  clock?: ActiveTime;
  /** A clock in milliseconds that never goes back. */
  now?: () => number;
  /** Has the stage tell by `hear` what was heard up to now. */
  listened?: () => void;
  /** Drafts by item. */
  drafts?: Map<string, Draft>;
  /** The keys as they are set now. */
  keys?: () => Keys;
  /** Does what concerns the screen alone; false for all else. */
  screen?: (action: Action) => boolean;
}

/** Whether candidates are put in order rather than one preferred. */
export const isRanking = (comparison: ComparisonView | null): boolean =>
  (comparison?.candidates.length ?? 0) > 2;

/** The question that is open. */
export function openQuestion(state: SessionState, asked: Asked) {
  if (state.pending !== 'form' || !state.current) return null;
  return questions(asked, state.current, state.choice).find((one) => one.id === state.at) ?? null;
}

/** What decides on the meaning of the next key. */
export function keyContext(state: SessionState, asked: Asked, keys: Keys): KeyContext {
  return {
    pending: state.pending,
    question: openQuestion(state, asked)?.kind ?? null,
    k: state.current?.candidates.length ?? 2,
    modality: state.current?.modality ?? 'text',
    keys,
  };
}
