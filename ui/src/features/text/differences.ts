/** Asks the worker for differences. */
import { difference, type Difference } from './difference';

/** Texts up to this length together are compared at once, which is quicker than asking. */
const SHORT = 4_000;
/** Where there is no worker, a comparison must not stop the page for long. */
const IN_PAGE = { words: 150, lines: 150 };

/** The worker, kept from one comparison to the next. */
let worker: Worker | null = null;
let asked = 0;

export interface Asked {
  answers: Promise<Difference[]>;
  /** Gives the question up. */
  cancel: () => void;
}

/** Compares texts pair by pair. */
export function differences(pairs: [string, string][]): Asked {
  const length = pairs.reduce((sum, [left, right]) => sum + left.length + right.length, 0);
  if (length <= SHORT || typeof Worker === 'undefined') {
    const answers = pairs.map(([left, right]) => difference(left, right, IN_PAGE));
    return { answers: Promise.resolve(answers), cancel: () => {} };
  }
  const asking = (worker ??= start());
  const id = ++asked;
  let open = true;
  const answers = new Promise<Difference[]>((resolve, reject) => {
    const settle = (): void => {
      open = false;
      asking.removeEventListener('message', onMessage);
      asking.removeEventListener('error', onError);
    };
    const onMessage = ({ data }: MessageEvent<{ id: number; answers: Difference[] }>): void => {
      if (data.id !== id) return;
      settle();
      resolve(data.answers);
    };
    const onError = (event: ErrorEvent): void => {
      settle();
      if (worker === asking) worker = null;
      reject(new Error(event.message));
    };
    asking.addEventListener('message', onMessage);
    asking.addEventListener('error', onError);
    asking.postMessage({ id, pairs });
  });
  const cancel = (): void => {
    if (!open) return;
    // It would go on computing what nobody waits for.
    asking.terminate();
    if (worker === asking) worker = null;
  };
  return { answers, cancel };
}

function start(): Worker {
  return new Worker(new URL('./difference-worker.ts', import.meta.url), { type: 'module' });
}
