/** Compares texts beside the page, which stays usable meanwhile. */
import { difference } from './difference';

interface Question {
  id: number;
  pairs: [string, string][];
}

self.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  const answers = data.pairs.map(([left, right]) => difference(left, right));
  self.postMessage({ id: data.id, answers });
});
