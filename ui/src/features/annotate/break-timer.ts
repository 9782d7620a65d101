import { ActiveTime } from './active-time';

/** So long without a sign of life is a break. */
export const PAUSE_MS = 5 * 60_000;

/** Says when a break is due: after so much active time since the last one. Idle time is no work. */
export class BreakTimer {
  readonly clock: ActiveTime;
  private dueAt: number;
  private lastSeen: number;
  private lastAsked: number;
  private counted = 0;

  /** `afterMs` of work; `now` is a clock in milliseconds that never goes back. */
  constructor(
    private readonly afterMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.clock = new ActiveTime(now);
    this.dueAt = afterMs;
    this.lastSeen = this.lastAsked = now();
  }

  /** Whether a break is due. To be asked more often than once in {@link PAUSE_MS}. */
  isDue(): boolean {
    this.notice();
    return this.clock.elapsed() >= this.dueAt;
  }

  /** Active minutes since the last break. */
  minutes(): number {
    return Math.round(this.clock.elapsed() / 60_000);
  }

  /** The annotator knows; counting begins anew. */
  dismiss(): void {
    this.clock.restart();
    this.dueAt = this.afterMs;
  }

  /** Due again after so much more work. */
  later(ms: number): void {
    this.dueAt = this.clock.elapsed() + ms;
  }

  /** Begins anew when nothing was done for so long that it was a break. */
  private notice(): void {
    const now = this.now();
    const elapsed = this.clock.elapsed();
    // Nobody asks while the annotator's screen is closed.
    const away = now - this.lastAsked >= PAUSE_MS;
    this.lastAsked = now;
    if (away || (elapsed === this.counted && now - this.lastSeen >= PAUSE_MS)) this.dismiss();
    if (away || elapsed !== this.counted) this.lastSeen = now;
    this.counted = this.clock.elapsed();
  }
}
