/** A backend that commits when the test says so, and key presses in one word. */
import type { Backend } from '../../ipc/backend';
import type {
  CandidateView,
  ComparisonView,
  JudgmentInput,
  Progress,
  Saved,
  Undone,
} from '../../ipc/bindings';
import type { Asked } from './form';
import type { Focus, KeyPress } from './keys';
import { Session } from './session';
import type { SessionOptions } from './session-state';

/** A study that asks for nothing but the answer. */
export const ASKED: Asked = {
  strength: 'off',
  confidence: 'off',
  rationale: 'off',
  reason_tags: [],
  aspects: [],
  highlights: 'off',
  steps: 'off',
  tie: true,
  both_bad: true,
  min_dwell_s: 0,
  min_listen_s: 0,
};

export function candidate(id: string, text: string): CandidateView {
  return { id, turns: [{ role: 'assistant', text }], media: null, steps: null, system: null };
}

export function comparison(n: number): ComparisonView {
  return {
    item: `i${n}`,
    ordinal: n,
    modality: 'text',
    prompt: [{ role: 'user', text: `prompt ${n}` }],
    context: null,
    candidates: [candidate(`i${n}-l`, `left ${n}`), candidate(`i${n}-r`, `right ${n}`)],
    loudness: null,
    preceding: null,
    previous: null,
  };
}

/** Comparisons of `k` candidates, `i1-1` to `i1-k`. */
export function ranked(k: number): TestBackend {
  const candidates = (n: number) =>
    Array.from({ length: k }, (_, at) => candidate(`i${n}-${at + 1}`, `answer ${at + 1}`));
  return new TestBackend(9, (n) => ({ ...comparison(n), candidates: candidates(n) }));
}

/** A promise that the test settles. */
export class Deferred<T> {
  resolve!: (value: T) => void;
  reject!: (reason: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** Holds `total` items; calls are answered at once unless `hold` names them. */
export class TestBackend implements Pick<
  Backend,
  'nextComparisons' | 'submitJudgment' | 'undo' | 'progress'
> {
  judgments: JudgmentInput[] = [];
  requests: { count: number; exclude: string[] }[] = [];
  served: string[] = [];
  hold: { submit?: Deferred<void>; undo?: Deferred<void>; next?: Deferred<void> } = {};

  constructor(
    private readonly total: number,
    private readonly make: (n: number) => ComparisonView = comparison,
  ) {}

  async nextComparisons(_: string, count: number, exclude: string[]): Promise<ComparisonView[]> {
    this.requests.push({ count, exclude });
    const open = this.open().filter((one) => !exclude.includes(one.item));
    await this.hold.next?.promise;
    const answer = open.slice(0, count);
    this.served.push(...answer.map((one) => one.item));
    return answer;
  }

  async submitJudgment(_: string, judgment: JudgmentInput): Promise<Saved> {
    await this.hold.submit?.promise;
    this.judgments.push(judgment);
    return { judgment: `j${this.judgments.length}`, progress: this.stands(), follow_up: null };
  }

  async undo(): Promise<Undone | null> {
    await this.hold.undo?.promise;
    const taken = this.judgments.pop();
    if (!taken) return null;
    const { item: _item, listening: _heard, shown_at: _at, active_ms: _ms, ...previous } = taken;
    const shown = this.make(Number(taken.item.slice(1)));
    return {
      comparison: { ...shown, previous },
      progress: this.stands(),
    };
  }

  async progress(): Promise<Progress> {
    return this.stands();
  }

  private open(): ComparisonView[] {
    const answered = new Set(this.judgments.map((one) => one.item));
    const all = Array.from({ length: this.total }, (_, n) => this.make(n + 1));
    return all.filter((one) => !answered.has(one.item));
  }

  private stands(): Progress {
    return {
      done: this.judgments.length,
      waiting: this.open().length,
      seconds_per_judgment: null,
      seconds_left: null,
      can_undo: this.judgments.length > 0,
    };
  }
}

export function keyPress(key: string, change: Partial<KeyPress> = {}): KeyPress {
  const held = { ctrl: false, alt: false, meta: false, shift: false };
  return { key, code: '', ...held, repeat: false, composing: false, ...change };
}

/** Lets everything that is ready happen. */
export async function settle(): Promise<void> {
  for (let n = 0; n < 50; n++) await Promise.resolve();
}

export async function started(
  backend: TestBackend,
  settings: Partial<Asked> = {},
  options: SessionOptions = {},
): Promise<Session> {
  const session = new Session(backend, 'ada', { ...ASKED, ...settings }, options);
  await session.start();
  await settle();
  return session;
}

/** Presses keys one after another without waiting between them. */
export async function type(session: Session, keys: string, focus: Focus = 'page'): Promise<void> {
  for (const key of keys.split(' ')) session.press(keyPress(key), focus);
  await settle();
}
