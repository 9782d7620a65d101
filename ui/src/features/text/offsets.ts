/**
 * Highlights are stored in Unicode scalar values of a turn's text, as imported; the page counts in
 * UTF-16 units. Here one becomes the other.
 */
import type { HighlightView } from '../../ipc/bindings';
import type { Stretch } from '../../lib/markdown';

const HIGH = /[\ud800-\udbff](?=[\udc00-\udfff])/g;

/** The number of Unicode scalar values before a UTF-16 offset. */
export function toScalar(text: string, offset: number): number {
  return offset - (text.slice(0, offset).match(HIGH)?.length ?? 0);
}

/** The UTF-16 offset of a Unicode scalar value; the length of the text where it is past the end. */
export function toUnit(text: string, scalar: number): number {
  let [unit, left] = [0, scalar];
  // Most texts have no pairs: then both are the same.
  if (!/[\ud800-\udbff]/.test(text.slice(0, scalar))) return Math.min(scalar, text.length);
  while (left > 0 && unit < text.length) {
    unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
    left -= 1;
  }
  return unit;
}

/** A stretch of a text with no half of a surrogate pair at its ends. */
export function wholeScalars(text: string, { start, end }: Stretch): Stretch {
  const splits = (at: number): boolean =>
    /[\ud800-\udbff]/.test(text[at - 1] ?? '') && /[\udc00-\udfff]/.test(text[at] ?? '');
  return { start: splits(start) ? start - 1 : start, end: splits(end) ? end + 1 : end };
}

/** Marks a stretch; what was marked there with the same ends is replaced. */
export function withHighlight(
  all: readonly HighlightView[],
  added: HighlightView,
): HighlightView[] {
  const others = all.filter((one) => !sameStretch(one, added));
  return [...others, added];
}

/** Whether two highlights cover the same stretch. */
export function sameStretch(a: HighlightView, b: HighlightView): boolean {
  return (
    a.candidate === b.candidate && a.turn === b.turn && a.start === b.start && a.end === b.end
  );
}
