/** The time axis on the screen: where a pointer is on it, and what its ruler shows. */

/** Seconds at a pointer's place; the axis is as wide as the element. */
export function secondsAt(event: { clientX: number }, element: Element, axis: number): number {
  const { left, width } = element.getBoundingClientRect();
  const share = width > 0 ? (event.clientX - left) / width : 0;
  return Math.min(1, Math.max(0, share)) * axis;
}

/** A place as a part of the axis, in per cent. */
export const percentOf = (seconds: number, axis: number): number =>
  axis > 0 ? Math.min(100, Math.max(0, (100 * seconds) / axis)) : 0;

const STEPS_S = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** Marks at round times, no closer than `apart` pixels. */
export function marks(axis: number, width: number, apart = 64): number[] {
  if (axis <= 0 || width <= 0) return [];
  const step = STEPS_S.find((one) => (one / axis) * width >= apart) ?? STEPS_S.at(-1)!;
  return Array.from({ length: Math.floor(axis / step) + 1 }, (_, n) => n * step);
}
