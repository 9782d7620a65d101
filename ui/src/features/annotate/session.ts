/**
 * One annotator's sitting: which comparison is shown, what is answered so far, and what is saved.
 * No DOM. Key presses are handled strictly one after another, each against the state that the one
 * before it left behind: keys pressed while a judgment is being saved wait for the next
 * comparison, and none is dropped.
 */
import { i18n } from '../../i18n/i18n.svelte';
import { asUserError } from '../../ipc/backend';
import type { Answer, ComparisonView, HighlightView, Saved, StepView } from '../../ipc/bindings';
import { ActiveTime } from './active-time';
import { isEmpty, mark, markSteps, NO_DETAILS, type Details } from './answers';
import { ComparisonBuffer } from './buffer';
import { DEFAULT_KEYS } from './commands';
import type { Asked } from './form';
import { unheard, type Heard } from './gate';
import { actionFor, type Action, type Focus, type KeyPress } from './keys';
import { takeLast } from './ranking';
import { respond } from './respond';
import { NONE, restored, stillAsked } from './restored';
import {
  keyContext,
  NO_FAILURE,
  STARTING,
  UNANSWERED,
  type Draft,
  type SessionBackend,
  type SessionOptions,
  type SessionState,
} from './session-state';
import { typedAhead, type Input } from './typed-ahead';

export class Session {
  state: SessionState = STARTING;
  readonly clock: ActiveTime;
  private readonly buffer: ComparisonBuffer;
  private readonly inputs: Input[] = [];
  private busy = false;
  private shownAt: string | null = null;
  private visibleSince = 0;
  private heard: Heard | null = null;
  /** What an answer taken back brought to the screen. */
  private before: Draft = NONE;
  private readonly drafts: Map<string, Draft>;
  private readonly now: () => number;

  constructor(
    private readonly backend: SessionBackend,
    private readonly annotator: string,
    private readonly asked: Asked,
    private readonly options: SessionOptions = {},
  ) {
    this.clock = options.clock ?? new ActiveTime();
    this.now = options.now ?? (() => performance.now());
    this.drafts = options.drafts ?? new Map();
    this.buffer = new ComparisonBuffer((count, exclude) =>
      backend.nextComparisons(annotator, count, exclude),
    );
  }

  /** Loads the first comparison. */
  async start(): Promise<void> {
    await this.drain(() => this.load());
  }

  /** Whether keys wait for what is under way. What they mean may depend on it. */
  get waits(): boolean {
    return this.busy;
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
    this.edit({ strength });
  }

  /** The reason was edited. */
  write(rationale: string): void {
    this.edit({ rationale });
  }

  /** Passages were marked, or marks taken away. */
  mark(highlights: HighlightView[]): void {
    this.edit({ details: mark(this.state.details, highlights) });
  }

  /** First wrong steps were marked. */
  markSteps(steps: StepView[]): void {
    this.edit({ details: markSteps(this.state.details, steps) });
  }

  /** What was heard of the clips so far. What is told of clips no longer shown is let go. */
  hear(heard: Heard): void {
    const { gate, current } = this.state;
    const shown = new Set(current?.candidates.map(({ id }) => id));
    if ([...heard.spans, ...heard.missing].some(({ candidate }) => !shown.has(candidate))) return;
    this.heard = heard;
    if (gate?.kind !== 'listen' || !current) return;
    this.set({ gate: { kind: 'listen', missing: unheard(this.asked, current, heard) } });
  }

  /** Comparisons that come next, for media to be fetched ahead. */
  upcoming(): ComparisonView[] {
    return this.buffer.upcoming();
  }

  /** Counts anew what others may have changed, unless something is under way. */
  async refreshProgress(): Promise<void> {
    const { progress, phase } = this.state;
    if (this.busy || (phase !== 'answering' && phase !== 'finished')) return;
    try {
      const counted = await this.backend.progress(this.annotator);
      if (this.state.progress === progress) this.set({ progress: counted });
    } catch {
      // The count is a convenience; what really fails shows at the next answer.
    }
  }

  /** Keeps what was begun, for when its comparison is shown again. */
  keepDraft(): void {
    const { current, rationale, details, tiers, phase } = this.state;
    if (!current || (phase !== 'answering' && phase !== 'undoing')) return;
    const { before } = this;
    const begun = rationale.trim() !== '' || !isEmpty(details) || tiers.length > 0;
    const changed =
      rationale !== before.rationale || details !== before.details || tiers !== before.tiers;
    if (begun && changed) this.drafts.set(current.item, { rationale, details, tiers });
  }

  private edit(change: { strength: number } | { rationale: string } | { details: Details }): void {
    if (this.state.phase === 'answering') this.set({ ...change, notice: null, gate: null });
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
        const action = 'action' in input ? input.action : this.meaning(input);
        if (action) await this.perform(action);
      }
    } finally {
      this.busy = false;
    }
  }

  private meaning(input: { press: KeyPress; focus: Focus }): Action | null {
    const keys = this.options.keys?.() ?? DEFAULT_KEYS;
    return actionFor(input.press, input.focus, keyContext(this.state, this.asked, keys));
  }

  private async perform(action: Action): Promise<void> {
    const { failed, phase, current } = this.state;
    if (this.options.screen?.(action)) return;
    if (action.do === 'undo') return this.undo();
    if (action.do === 'confirm' && failed === 'undoing') return this.undo();
    if (action.do === 'confirm' && failed === 'loading') return this.load();
    if (phase !== 'answering' || !current) return;
    this.options.listened?.();
    const moment = { shownAt: this.visibleSince, now: this.now(), heard: this.heard };
    const { change, then } = respond(this.state, action, this.asked, moment);
    if (then === 'write-reason') return this.writeReason(change ?? { notice: null });
    if (change) this.set(change);
    if (then) await this.submit(then.submit);
  }

  /** Moves the focus to the reason, with what was typed for it already. */
  private writeReason(change: Partial<SessionState>): void {
    const { rationale, stays } = typedAhead(this.inputs, this.state.rationale);
    this.set({ ...change, rationale, reasonFocus: this.state.reasonFocus + (stays ? 1 : 0) });
  }

  private async submit(answer: Answer): Promise<void> {
    const { current, rationale } = this.state;
    if (!current) return;
    const graded = answer.kind === 'preferred' && this.asked.strength !== 'off';
    const strength = graded ? this.state.strength : null;
    // What was begun before passing on is no answer.
    const details = answer.kind === 'skipped' ? NO_DETAILS : this.state.details;
    this.set({
      phase: 'saving',
      choice: answer,
      strength,
      notice: null,
      gate: null,
      ...NO_FAILURE,
    });
    let saved: Saved;
    try {
      saved = await this.backend.submitJudgment(this.annotator, {
        item: current.item,
        answer,
        strength,
        rationale: rationale.trim() === '' ? null : rationale.trim(),
        ...details,
        listening: this.heard?.spans ?? [],
        shown_at: this.shownAt,
        active_ms: this.clock.elapsed(),
      });
    } catch (thrown) {
      return this.fail('saving', thrown, { phase: 'answering', pending: 'retry' });
    }
    this.buffer.markAnswered(current.item);
    this.drafts.delete(current.item);
    if (saved.follow_up) this.buffer.putFirst(saved.follow_up);
    await this.advance({ progress: saved.progress, savedAt: new Date(), undoneAt: null });
  }

  private async undo(): Promise<void> {
    const { phase, pending, current, tiers } = this.state;
    // The last thing done may be a choice that is not submitted yet, or a place in the ranking.
    if (phase === 'answering' && pending === 'nothing' && tiers.length > 0) {
      return this.perform({ do: 'arrange', tiers: takeLast(tiers) });
    }
    if (phase === 'answering' && pending !== 'nothing' && pending !== 'earlier') {
      return this.perform({ do: 'cancel' });
    }
    this.set({ phase: 'undoing', notice: null, gate: null, ...NO_FAILURE });
    try {
      const undone = await this.backend.undo(this.annotator);
      if (!undone) return this.set({ phase, notice: i18n.t.annotate.nothingToUndo });
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
    const draft = this.drafts.get(current.item);
    this.heard = null;
    this.before = restored(earlier, this.asked, current);
    this.set({
      ...UNANSWERED,
      ...change,
      phase: 'answering',
      current,
      earlier,
      pending: earlier ? 'earlier' : 'nothing',
      strength: earlier?.strength ?? null,
      ...this.before,
      ...(draft && stillAsked(draft, this.asked, current)),
    });
    this.buffer.fill();
    await this.options.painted?.();
    this.shownAt = new Date().toISOString();
    this.visibleSince = this.now();
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
    const notice = unused > 0 ? i18n.t.annotate.keysUnused(unused) : null;
    this.set({ ...change, failed, error: asUserError(thrown), notice });
  }
}
