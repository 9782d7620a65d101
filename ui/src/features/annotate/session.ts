/**
 * One annotator's sitting: which comparison is shown, what is answered so far, and what is saved.
 * No DOM. Key presses are handled strictly one after another, each against the state that the one
 * before it left behind: keys pressed while a judgment is being saved wait for the next
 * comparison, and none is dropped.
 */
import { asUserError } from '../../ipc/backend';
import type { Answer, ComparisonView, Saved, StudySettings } from '../../ipc/bindings';
import { ActiveTime } from './active-time';
import { ComparisonBuffer } from './buffer';
import { actionFor, type Action, type Focus, type KeyPress } from './keys';
import {
  STARTING,
  UNANSWERED,
  type SessionBackend,
  type SessionOptions,
  type SessionState,
} from './session-state';

type Input = { press: KeyPress; focus: Focus } | { action: Action };

const NO_FAILURE = { error: null, failed: null } as const;

export class Session {
  state: SessionState = STARTING;
  readonly clock: ActiveTime;
  private readonly buffer: ComparisonBuffer;
  private readonly inputs: Input[] = [];
  private busy = false;
  private shownAt: string | null = null;
  private readonly drafts: Map<string, string>;

  constructor(
    private readonly backend: SessionBackend,
    private readonly annotator: string,
    private readonly settings: Pick<StudySettings, 'strength' | 'rationale'>,
    private readonly options: SessionOptions = {},
  ) {
    this.clock = options.clock ?? new ActiveTime();
    this.drafts = options.drafts ?? new Map();
    this.buffer = new ComparisonBuffer((count, exclude) =>
      backend.nextComparisons(annotator, count, exclude),
    );
  }

  /** Loads the first comparison. */
  async start(): Promise<void> {
    await this.drain(() => this.load());
  }

  /** A key press, handled when those before it are done. */
  press(press: KeyPress, focus: Focus): void {
    this.inputs.push({ press, focus });
    void this.drain();
  }

  /** A click. Unlike a key it is aimed at what is on the screen, so it does not wait for more. */
  click(action: Action): void {
    if (this.busy && this.state.phase !== 'answering') return;
    this.inputs.push({ action });
    void this.drain();
  }

  /** The slider was touched. */
  touchStrength(strength: number): void {
    if (this.state.phase === 'answering') this.set({ strength, notice: null });
  }

  /** The reason was edited. */
  write(rationale: string): void {
    if (this.state.phase === 'answering') this.set({ rationale, notice: null });
  }

  /** Keeps a reason that was begun, for when its comparison is shown again. */
  keepDraft(): void {
    const { current, rationale } = this.state;
    if (current && rationale.trim() !== '') this.drafts.set(current.item, rationale);
  }

  private set(change: Partial<SessionState>): void {
    this.state = { ...this.state, ...change };
    this.options.onChange?.(this.state);
  }

  private async drain(first?: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      if (first) await first();
      for (let input = this.inputs.shift(); input; input = this.inputs.shift()) {
        const { pending } = this.state;
        const action =
          'action' in input ? input.action : actionFor(input.press, input.focus, pending);
        if (action) await this.perform(action);
      }
    } finally {
      this.busy = false;
    }
  }

  private async perform(action: Action): Promise<void> {
    const { failed, phase, current } = this.state;
    if (action.do === 'undo') return this.undo();
    if (action.do === 'confirm' && failed === 'undoing') return this.undo();
    if (action.do === 'confirm' && failed === 'loading') return this.load();
    if (phase !== 'answering' || !current) return;
    switch (action.do) {
      case 'choose': {
        const { answer } = action;
        if (answer === 'tie' || answer === 'both_bad') return this.offer({ kind: answer }, null);
        const candidate = current.candidates[answer === 'left' ? 0 : 1]?.id;
        return candidate === undefined ? undefined : this.prefer(candidate);
      }
      case 'strength':
        this.set({ strength: action.value });
        return this.confirm();
      case 'skip':
        if (action.reason) return this.submit({ kind: 'skipped', reason: action.reason }, null);
        return this.set({ pending: 'skip', choice: null, strength: null, notice: null });
      case 'confirm':
        return this.confirm();
      case 'cancel':
        return this.cancel();
      case 'write-reason':
        return this.settings.rationale === 'off' ? undefined : this.askForReason(null);
    }
  }

  private async prefer(candidate: string): Promise<void> {
    const { pending, choice: before, earlier } = this.state;
    const choice: Answer = { kind: 'preferred', candidate };
    if (this.settings.strength === 'off') return this.offer(choice, null);
    if (pending === 'reason' && before?.kind === 'preferred') return this.set({ choice });
    const same = earlier?.answer.kind === 'preferred' && earlier.answer.candidate === candidate;
    const kept = pending === 'strength' ? this.state.strength : same ? earlier.strength : null;
    this.set({ pending: 'strength', choice, strength: kept, notice: null, ...NO_FAILURE });
  }

  private async confirm(): Promise<void> {
    const { pending, choice, strength, rationale, earlier } = this.state;
    if (pending === 'skip') return this.submit({ kind: 'skipped', reason: 'unstated' }, null);
    const answer = choice ?? earlier?.answer;
    if (answer) return this.offer(answer, strength);
    if (rationale.trim() !== '') this.set({ notice: 'Choose an answer to go with the reason.' });
  }

  /** Submits unless the study asks for something that is missing. */
  private async offer(answer: Answer, strength: number | null): Promise<void> {
    if (answer.kind === 'skipped') return this.submit(answer, null);
    const preferred = answer.kind === 'preferred';
    if (preferred && this.settings.strength === 'required' && strength === null) {
      const notice = 'This study asks how much better: press 0 to 3.';
      return this.set({ pending: 'strength', choice: answer, notice });
    }
    if (this.settings.rationale === 'required' && this.state.rationale.trim() === '') {
      this.set({ pending: 'reason', choice: answer, strength, ...NO_FAILURE });
      return this.askForReason('This study asks for a reason: write it, then press Ctrl+Enter.');
    }
    return this.submit(answer, strength);
  }

  /**
   * Moves the focus to the reason. Keys that wait were typed for it already, up to the one that
   * leaves it again.
   */
  private askForReason(notice: string | null): void {
    let { rationale } = this.state;
    let stays = true;
    for (const input of this.inputs) {
      if ('action' in input || input.focus !== 'page') continue;
      const { key, ctrl, alt, meta } = input.press;
      input.focus = 'rationale';
      const plain = !ctrl && !alt && !meta;
      if (key === 'Escape' || (key === 'Enter' && !plain)) {
        stays = false;
        break;
      }
      if (!plain) continue;
      if (key === 'Enter') rationale += '\n';
      else if (key === 'Backspace') rationale = rationale.slice(0, -1);
      else if (key.length === 1) rationale += key;
    }
    this.set({ notice, rationale, reasonFocus: this.state.reasonFocus + (stays ? 1 : 0) });
  }

  private cancel(): void {
    const { earlier } = this.state;
    this.set({
      pending: earlier ? 'earlier' : 'nothing',
      choice: null,
      strength: earlier?.strength ?? null,
      notice: null,
      ...NO_FAILURE,
    });
  }

  private async submit(answer: Answer, strength: number | null): Promise<void> {
    const { current, rationale } = this.state;
    if (!current) return;
    this.set({ phase: 'saving', choice: answer, strength, notice: null, ...NO_FAILURE });
    let saved: Saved;
    try {
      saved = await this.backend.submitJudgment(this.annotator, {
        item: current.item,
        answer,
        strength,
        rationale: rationale.trim() === '' ? null : rationale.trim(),
        confidence: null,
        reason_tags: [],
        aspects: [],
        highlights: [],
        steps: [],
        listening: [],
        shown_at: this.shownAt,
        active_ms: this.clock.elapsed(),
      });
    } catch (thrown) {
      return this.fail('saving', thrown, { phase: 'answering', pending: 'retry' });
    }
    this.buffer.markAnswered(current.item);
    this.drafts.delete(current.item);
    await this.advance({ progress: saved.progress, savedAt: new Date(), undoneAt: null });
  }

  private async undo(): Promise<void> {
    const { phase, pending, current } = this.state;
    // The last thing done may be a choice that is not submitted yet.
    if (phase === 'answering' && pending !== 'nothing' && pending !== 'earlier') {
      return this.cancel();
    }
    this.set({ phase: 'undoing', notice: null, ...NO_FAILURE });
    try {
      const undone = await this.backend.undo(this.annotator);
      if (!undone) return this.set({ phase, notice: 'There is nothing to undo.' });
      const { comparison, progress } = undone;
      this.keepDraft();
      this.buffer.bringBack(comparison.item, current);
      await this.show(comparison, { progress, savedAt: null, undoneAt: new Date() });
    } catch (thrown) {
      this.fail('undoing', thrown, { phase });
    }
  }

  private async load(): Promise<void> {
    this.set({ phase: 'loading', ...NO_FAILURE });
    try {
      const progress = this.state.progress ?? (await this.backend.progress(this.annotator));
      await this.advance({ progress });
    } catch (thrown) {
      this.fail('loading', thrown, { phase: 'unloadable', current: null });
    }
  }

  private async advance(change: Partial<SessionState>): Promise<void> {
    const ready = this.buffer.take();
    if (ready) return this.show(ready, change);
    this.set({ ...UNANSWERED, ...change, phase: 'loading', current: null });
    try {
      const next = await this.buffer.next();
      if (next) return await this.show(next, {});
      this.set({ phase: 'finished' });
    } catch (thrown) {
      this.fail('loading', thrown, { phase: 'unloadable' });
    }
  }

  private async show(current: ComparisonView, change: Partial<SessionState>): Promise<void> {
    const earlier = current.previous;
    this.set({
      ...UNANSWERED,
      ...change,
      phase: 'answering',
      current,
      earlier,
      pending: earlier ? 'earlier' : 'nothing',
      strength: earlier?.strength ?? null,
      rationale: this.drafts.get(current.item) ?? earlier?.rationale ?? '',
    });
    this.buffer.fill();
    await this.options.painted?.();
    this.shownAt = new Date().toISOString();
    this.clock.restart();
  }

  /** Keys that waited were meant for comparisons that nobody has seen yet: they are let go. */
  private fail(
    failed: SessionState['failed'],
    thrown: unknown,
    change: Partial<SessionState>,
  ): void {
    const unused = this.inputs.length;
    this.inputs.length = 0;
    const keys = unused === 1 ? '1 key' : `${unused} keys`;
    const notice = unused > 0 ? `${keys} pressed meanwhile had no effect.` : null;
    this.set({ ...change, failed, error: asUserError(thrown), notice });
  }
}
