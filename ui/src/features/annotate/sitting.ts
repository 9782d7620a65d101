/** What outlives the annotator's screen: going back to the study and coming again loses nothing. */
import { BreakTimer } from './break-timer';
import type { Draft } from './session-state';

const drafts = new Map<string, Map<string, Draft>>();
const timers = new Map<number, BreakTimer>();

/** What an annotator began, by item. */
export function draftsOf(annotator: string): Map<string, Draft> {
  const known = drafts.get(annotator) ?? new Map<string, Draft>();
  drafts.set(annotator, known);
  return known;
}

/** The timer of breaks after so many minutes of work; a look at the study is part of the work. */
export function timerOf(minutes: number): BreakTimer {
  const known = timers.get(minutes) ?? new BreakTimer(minutes * 60_000);
  timers.set(minutes, known);
  return known;
}
