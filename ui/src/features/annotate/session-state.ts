import type { Backend } from '../../ipc/backend';
import type { Answer, AnswerView, ComparisonView, Progress, UserError } from '../../ipc/bindings';
import type { ActiveTime } from './active-time';
import type { Pending } from './keys';

/** What the screen shows. Replaced as a whole at every change. */
export interface SessionState {
  phase: 'loading' | 'answering' | 'saving' | 'undoing' | 'finished' | 'unloadable';
  current: ComparisonView | null;
  pending: Pending;
  /** The answer that waits for a strength, a reason or a retry. */
  choice: Answer | null;
  /** Null until touched. */
  strength: number | null;
  rationale: string;
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
  /** Counts up when the rationale should get the focus. */
  reasonFocus: number;
}

/** Nothing is answered and nothing went wrong: how every comparison begins. */
export const UNANSWERED = {
  pending: 'nothing',
  choice: null,
  strength: null,
  rationale: '',
  earlier: null,
  error: null,
  failed: null,
  notice: null,
} as const satisfies Partial<SessionState>;

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
  /** Reasons begun, by item, for comparisons that left the screen without an answer. */
  drafts?: Map<string, string>;
}
