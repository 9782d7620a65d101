/**
 * Keeps what is being read in its place while chunks above it get their true heights: when they
 * are drawn, when the engine lays them out for the first time, when formulas come in.
 */
export class Steady {
  private readonly heights = new WeakMap<Element, number>();
  private readonly observer: ResizeObserver | null;

  constructor(private readonly host: HTMLElement) {
    this.observer =
      typeof ResizeObserver === 'undefined'
        ? null
        : new ResizeObserver((entries) => this.resized(entries));
  }

  watch(elements: readonly Element[]): void {
    for (const element of elements) this.observer?.observe(element);
  }

  stop(): void {
    this.observer?.disconnect();
  }

  private resized(entries: readonly ResizeObserverEntry[]): void {
    const scroller = this.host.closest<HTMLElement>('[data-scroll]');
    const grown = entries.flatMap(({ target, contentRect }) => {
      const before = this.heights.get(target);
      this.heights.set(target, contentRect.height);
      return before === undefined || before === contentRect.height
        ? []
        : [{ target, by: contentRect.height - before }];
    });
    if (!scroller || scroller.scrollTop === 0 || grown.length === 0) return;
    const { top } = scroller.getBoundingClientRect();
    let moved = 0;
    for (const { target, by } of grown) {
      if (target.getBoundingClientRect().bottom - by <= top + 1) moved += by;
    }
    if (moved !== 0) scroller.scrollTop += moved;
  }
}
