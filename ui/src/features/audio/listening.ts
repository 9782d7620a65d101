/**
 * What was heard of each clip. A span is one continuous stretch of audible playback: switching,
 * seeking, going round a loop, pausing and the clip's own end close it.
 */
import type { ListenView } from '../../ipc/bindings';
import type { Sound } from './player';
import { stretches } from './timeline';

/** What is known of a clip. */
export interface Listened {
  candidate: string;
  /** Seconds. */
  duration: number;
}

/** Rounding and the edge of a fade must not keep an answer waiting. */
const TOLERANCE_S = 0.05;

const ROUNDING_MS = 1;
/** The audio clock and the wall clock are not read in the same instant. */
const GAP_MS = 40;

interface Open extends Sound {
  /** Wall clock at `run.at`, in milliseconds since 1970. */
  wall: number;
}

/** Collects spans. Times are seconds of the audio context. */
export class ListenLog {
  private readonly closed: ListenView[] = [];
  private open: Open | null = null;

  /** `clips` in the order of the player; asked anew, for a length may become known later. */
  constructor(private readonly clips: () => Listened[]) {}

  /** From `at` on this is heard, or nothing; `wall` is the wall clock then, in milliseconds. */
  turn(sound: Sound | null, at: number, wall: number): void {
    if (this.open) this.closed.push(...this.spansOf(this.open, at));
    this.open = sound && { ...sound, wall };
  }

  /** All spans up to a time. */
  spans(until: number): ListenView[] {
    const all = this.open ? [...this.closed, ...this.spansOf(this.open, until)] : this.closed;
    return all.reduce<ListenView[]>(joined, []);
  }

  private spansOf({ clip, run, wall }: Open, until: number): ListenView[] {
    const { candidate, duration } = this.clips()[clip]!;
    return stretches(run, until).flatMap(({ from, to, after }) => {
      const [from_ms, to_ms] = [from, Math.min(to, duration)].map((s) => Math.round(s * 1000)) as [
        number,
        number,
      ];
      const at = new Date(wall + after * 1000).toISOString();
      return to_ms > from_ms ? [{ candidate, from_ms, to_ms, at }] : [];
    });
  }
}

/** Nothing was to be heard of a new beginning at the place and time where the last span ends. */
function joined(spans: ListenView[], next: ListenView): ListenView[] {
  const last = spans.at(-1);
  const goesOn =
    last?.candidate === next.candidate &&
    Math.abs(last.to_ms - next.from_ms) <= ROUNDING_MS &&
    Math.abs(Date.parse(last.at) + (last.to_ms - last.from_ms) - Date.parse(next.at)) <= GAP_MS;
  if (goesOn) spans[spans.length - 1] = { ...last, to_ms: next.to_ms };
  else spans.push(next);
  return spans;
}

/** Seconds of a clip that were heard at least once. */
export function secondsHeard(spans: ListenView[], candidate: string): number {
  const own = spans
    .filter((span) => span.candidate === candidate)
    .sort((one, other) => one.from_ms - other.from_ms);
  let [heard, reached] = [0, 0];
  for (const { from_ms, to_ms } of own) {
    heard += Math.max(0, to_ms - Math.max(from_ms, reached));
    reached = Math.max(reached, to_ms);
  }
  return heard / 1000;
}

/** Seconds of a clip that must be heard: all of it where it is shorter than the minimum. */
export function secondsWanted({ duration }: Listened, minimum: number): number {
  return Math.min(minimum, duration);
}

/** What is still to be heard, by clip; clips heard long enough are left out. */
export function missing(
  spans: ListenView[],
  clips: Listened[],
  minimum: number,
): { candidate: string; seconds: number }[] {
  return clips
    .map((clip) => ({
      candidate: clip.candidate,
      seconds: round(secondsWanted(clip, minimum) - secondsHeard(spans, clip.candidate)),
    }))
    .filter(({ seconds }) => seconds > TOLERANCE_S);
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
