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
    const top = scroller?.getBoundingClientRect().top ?? 0;
    let moved = 0;
    for (const { target, contentRect } of entries) {
      const before = this.heights.get(target);
      this.heights.set(target, contentRect.height);
      if (before === undefined || before === contentRect.height) continue;
      const grown = contentRect.height - before;
      if (target.getBoundingClientRect().bottom - grown <= top + 1) moved += grown;
    }
    if (scroller && moved !== 0 && scroller.scrollTop > 0) scroller.scrollTop += moved;
  }
}
