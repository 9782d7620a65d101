/** Formulas by KaTeX. It builds elements and sets their styles one by one, as the policy asks. */
import katex from 'katex';
import 'katex/dist/katex.min.css';

export function drawFormula(tex: string, into: HTMLElement, display: boolean): void {
  katex.render(tex, into, {
    displayMode: display,
    throwOnError: true,
    // No links, no pictures, no classes of an answer's own; nothing larger than the line.
    trust: false,
    strict: 'ignore',
    maxSize: 20,
    maxExpand: 500,
  });
}
