/** Wheel, drag, pinch and double click over an element, as zooming and panning. */
import type { Point } from './view';

/** Points are in CSS pixels from the middle of the element. */
export interface Gestures {
  zoom(factor: number, at: Point): void;
  drag(by: Point, at: Point): void;
  toggle(at: Point): void;
  /** The mouse button or finger is down, or was let go. */
  hold?(down: boolean): void;
}

/** A line or a page of a wheel that counts in those, in pixels. */
const WHEEL_UNITS = [1, 16, 120];
/** No turn of a wheel counts for more than one notch. */
const NOTCH = 120;

/** The factor by which a turn of the wheel zooms. */
export function wheelFactor(delta: number, unit: number): number {
  const pixels = delta * (WHEEL_UNITS[unit] ?? 1);
  return Math.exp(-Math.max(-NOTCH, Math.min(NOTCH, pixels)) * 0.0022);
}

/** A Svelte action. */
export function gestures(element: HTMLElement, given: Gestures) {
  let calls = given;
  const pointers = new Map<number, Point>();

  function point(event: MouseEvent): Point {
    const box = element.getBoundingClientRect();
    return {
      x: event.clientX - box.left - box.width / 2,
      y: event.clientY - box.top - box.height / 2,
    };
  }

  function spread(): { middle: Point; distance: number } {
    const [a, b] = [...pointers.values()] as [Point, Point];
    return {
      middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
      distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
    };
  }

  /** Buttons and sliders over the image do their own. */
  const own = (event: Event) =>
    event.target instanceof Element && event.target.closest('button, input, [data-handle]');

  function wheel(event: WheelEvent) {
    event.preventDefault();
    if (event.deltaY !== 0) calls.zoom(wheelFactor(event.deltaY, event.deltaMode), point(event));
  }

  function down(event: PointerEvent) {
    if (own(event) || (event.pointerType === 'mouse' && event.button > 1)) return;
    // A middle button would otherwise scroll by itself.
    if (event.button === 1) event.preventDefault();
    pointers.set(event.pointerId, point(event));
    element.setPointerCapture?.(event.pointerId);
    calls.hold?.(true);
  }

  function move(event: PointerEvent) {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = point(event);
    if (pointers.size === 1) {
      pointers.set(event.pointerId, now);
      calls.drag({ x: now.x - before.x, y: now.y - before.y }, now);
    } else if (pointers.size === 2) {
      const old = spread();
      pointers.set(event.pointerId, now);
      const { middle, distance } = spread();
      calls.drag({ x: middle.x - old.middle.x, y: middle.y - old.middle.y }, middle);
      calls.zoom(distance / old.distance, middle);
    }
  }

  function up(event: PointerEvent) {
    if (pointers.delete(event.pointerId) && pointers.size === 0) calls.hold?.(false);
  }

  function twice(event: MouseEvent) {
    if (!own(event)) calls.toggle(point(event));
  }

  element.addEventListener('wheel', wheel, { passive: false });
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('dblclick', twice);
  return {
    update(next: Gestures) {
      calls = next;
    },
    destroy() {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('dblclick', twice);
    },
  };
}
