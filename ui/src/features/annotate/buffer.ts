import type { ComparisonView } from '../../ipc/bindings';

/** How many comparisons are held ready behind the one on the screen. */
export const AHEAD = 3;

type Fetch = (count: number, exclude: string[]) => Promise<ComparisonView[]>;

/**
 * Comparisons fetched ahead of need. An item is handed out once: what is on the screen, held or
 * answered is left out of every request, and out of answers to requests made before.
 */
export class ComparisonBuffer {
  private held: ComparisonView[] = [];
  private current: string | null = null;
  private readonly answered = new Set<string>();
  private fetching: Promise<void> | null = null;
  /** The last request brought fewer than asked for; asked again only when nothing is held. */
  private dry = false;

  constructor(private readonly fetch: Fetch) {}

  /** The next comparison, fetched if need be; undefined when none waits. */
  async next(): Promise<ComparisonView | undefined> {
    this.current = null;
    if (this.held.length === 0 && this.fetching) await this.fetching.catch(() => {});
    if (this.held.length === 0) await this.request();
    return this.take();
  }

  /** The next comparison if it is here already. */
  take(): ComparisonView | undefined {
    const next = this.held.shift();
    if (next) this.current = next.item;
    return next;
  }

  /** Tops up in the background. A failure shows when a comparison is really needed. */
  fill(): void {
    if (this.dry || this.fetching || this.held.length >= AHEAD) return;
    this.request().catch(() => {});
  }

  /** The item's judgment is committed. */
  markAnswered(item: string): void {
    this.answered.add(item);
  }

  /** This comparison comes next. */
  putFirst(comparison: ComparisonView): void {
    this.held = this.held.filter((one) => one.item !== comparison.item);
    this.held.unshift(comparison);
  }

  /** What is held, in the order in which it comes. */
  upcoming(): ComparisonView[] {
    return this.held;
  }

  /**
   * An answered item comes back to the screen; what was there waits at the front. Second turns are
   * let go: what they repeat of the first may change now. They come again after its answer.
   */
  bringBack(item: string, pushedAside: ComparisonView | null): void {
    this.answered.delete(item);
    if (pushedAside) this.held.unshift(pushedAside);
    const kept = this.held.filter((one) => one.item !== item && one.preceding === null);
    if (kept.length < this.held.length) this.dry = false;
    this.held = kept;
    this.current = item;
  }

  private request(): Promise<void> {
    const count = Math.max(1, AHEAD - this.held.length);
    const exclude = this.held.map((comparison) => comparison.item);
    if (this.current !== null) exclude.unshift(this.current);
    this.fetching = this.fetch(count, exclude)
      .then((fetched) => {
        this.dry = fetched.length < count;
        for (const comparison of fetched) {
          if (!this.knows(comparison.item)) this.held.push(comparison);
        }
      })
      .finally(() => {
        this.fetching = null;
      });
    return this.fetching;
  }

  private knows(item: string): boolean {
    return (
      item === this.current ||
      this.answered.has(item) ||
      this.held.some((comparison) => comparison.item === item)
    );
  }
}
