/** Work that waits until what is on the screen is drawn, in slices that leave each frame its time. */

/** Milliseconds of work in a slice. */
const SLICE = 8;

type Work = () => boolean;

const waiting: Work[] = [];
let running = false;

/**
 * Calls `work` again and again until it returns false. Returns what cancels it.
 */
export function whenIdle(work: Work): () => void {
  waiting.push(work);
  if (!running) {
    running = true;
    // After the next frame: it shows what is there already.
    requestAnimationFrame(() => setTimeout(slice));
  }
  return () => {
    const at = waiting.indexOf(work);
    if (at >= 0) waiting.splice(at, 1);
  };
}

function slice(): void {
  const end = performance.now() + SLICE;
  do {
    const work = waiting[0];
    if (!work) {
      running = false;
      return;
    }
    waiting.shift();
    // By turns: two long answers come on together.
    if (work()) waiting.push(work);
  } while (performance.now() < end);
  setTimeout(slice);
}
