/**
 * Where in the clips the sound is at a given time. All clips of a comparison lie on one time axis
 * and begin at 0; times are seconds of the audio context, positions seconds on that axis.
 */

/** A part of the axis that is played over and over. */
export interface Region {
  from: number;
  to: number;
}

/** Playing without a jump other than round the loop. */
export interface Run {
  /** When it begins. */
  at: number;
  /** Where it begins. */
  position: number;
  /** Ends before `position` never occur: such a loop is left alone. */
  loop: Region | null;
}

/** A piece of the axis that was played, `after` seconds into the run. */
export interface Stretch {
  from: number;
  to: number;
  after: number;
}

/** A loop shorter than this is a slip of the hand. */
export const SHORTEST_LOOP_S = 0.1;

/** Where a run is at a time; before its beginning, where it begins. */
export function positionAt(run: Run, time: number): number {
  const straight = run.position + Math.max(0, time - run.at);
  if (run.loop === null || straight < run.loop.to) return straight;
  return run.loop.from + ((straight - run.loop.from) % (run.loop.to - run.loop.from));
}

/** What a run has played until a time: one stretch each time round the loop. */
export function stretches(run: Run, until: number): Stretch[] {
  const found: Stretch[] = [];
  const total = until - run.at;
  let [after, from] = [0, run.position];
  while (total > after) {
    const longest = run.loop === null ? Infinity : run.loop.to - from;
    const length = Math.min(total - after, longest);
    found.push({ from, to: from + length, after });
    after += length;
    from = run.loop?.from ?? 0;
  }
  return found;
}

/** A region from two ends in either order, within the clips; null if it is too short. */
export function regionBetween(one: number, other: number, duration: number): Region | null {
  const [from, to] = [Math.max(0, Math.min(one, other)), Math.min(duration, Math.max(one, other))];
  return to - from < SHORTEST_LOOP_S ? null : { from, to };
}
