/** What is marked in a text: passages found good or bad, and differences from the other answer. */

/** A marked passage, in UTF-16 units of the source. */
export interface Mark {
  start: number;
  end: number;
  good: boolean;
  /** What a click on it names. */
  key: number;
  /** What a pointer resting on it reads. */
  title: string;
}

/** A passage that the other text does not have, in UTF-16 units of the source. */
export interface Change {
  start: number;
  end: number;
}

/** A stretch of the source over which nothing changes in how it is marked. */
export interface Segment {
  start: number;
  end: number;
  change: 'ins' | 'del' | null;
  marks: Mark[];
}

/** Disjoint segments in order; what is not marked is in none. */
export function segments(
  marks: readonly Mark[],
  changes: readonly Change[] = [],
  kind: 'ins' | 'del' = 'ins',
): Segment[] {
  const edges = [...marks, ...changes].flatMap(({ start, end }) => [start, end]);
  const cuts = [...new Set(edges)].sort((a, b) => a - b);
  const found: Segment[] = [];
  let change = 0;
  for (let n = 0; n + 1 < cuts.length; n++) {
    const [start, end] = [cuts[n]!, cuts[n + 1]!];
    while (change < changes.length && changes[change]!.end <= start) change += 1;
    const changed = change < changes.length && changes[change]!.start <= start;
    const over = marks.filter((mark) => mark.start <= start && end <= mark.end);
    if (changed || over.length > 0) {
      found.push({ start, end, change: changed ? kind : null, marks: over });
    }
  }
  return found;
}

/** The index of the first segment that ends after `offset`. */
export function firstAfter(painted: readonly Segment[], offset: number): number {
  let [low, high] = [0, painted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (painted[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An element that marks what is put into it; the text itself where nothing is marked. */
export function wrap(content: Node, segment: Segment): Node {
  let inner = content;
  if (segment.marks.length > 0) {
    const mark = document.createElement('mark');
    const good = segment.marks.some((one) => one.good);
    const bad = segment.marks.some((one) => !one.good);
    mark.className = good && bad ? 'good bad' : good ? 'good' : 'bad';
    mark.dataset.marks = segment.marks.map((one) => one.key).join(' ');
    mark.title = segment.marks.map((one) => one.title).join('\n');
    mark.append(inner);
    inner = mark;
  }
  if (segment.change) {
    const change = document.createElement(segment.change);
    change.className = 'change';
    change.append(inner);
    inner = change;
  }
  return inner;
}
