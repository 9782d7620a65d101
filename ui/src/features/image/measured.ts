import type { Size } from './view';

/** A Svelte action: reports the size of an element now and whenever it changes. */
export function measured(element: HTMLElement, report: (size: Size) => void) {
  let tell = report;
  const read = () => tell({ width: element.clientWidth, height: element.clientHeight });
  read();
  const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(read);
  observer?.observe(element);
  return {
    update(next: (size: Size) => void) {
      tell = next;
    },
    destroy: () => observer?.disconnect(),
  };
}
