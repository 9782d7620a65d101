/** After so long without a sign of life, time no longer counts. */
export const IDLE_MS = 30_000;

/**
 * Measures the time spent on one comparison: while the window is visible and has the focus, and
 * no longer than {@link IDLE_MS} after the last key, click, scroll or movement.
 */
export class ActiveTime {
  private counted = 0;
  private since = 0;
  private lastActivity = 0;
  private present = true;

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.restart();
  }

  /** Begins anew at zero: another comparison is shown. */
  restart(): void {
    this.counted = 0;
    this.since = this.lastActivity = this.now();
  }

  /** A sign of life. */
  activity(): void {
    this.settle();
    this.lastActivity = this.now();
  }

  /** Whether the window is visible and has the focus. Coming back is a sign of life. */
  setPresent(present: boolean): void {
    this.settle();
    if (present && !this.present) this.lastActivity = this.now();
    this.present = present;
  }

  /** Milliseconds counted since {@link restart}, rounded. */
  elapsed(): number {
    this.settle();
    return Math.round(this.counted);
  }

  private settle(): void {
    const now = this.now();
    if (this.present) {
      this.counted += Math.max(0, Math.min(now, this.lastActivity + IDLE_MS) - this.since);
    }
    this.since = now;
  }
}
