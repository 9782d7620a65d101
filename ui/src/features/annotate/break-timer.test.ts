import { expect, test } from 'vitest';

import { IDLE_MS } from './active-time';
import { BreakTimer, PAUSE_MS } from './break-timer';

const MINUTE = 60_000;

/** Works: a sign of life every ten seconds. */
function desk(minutes: number) {
  let now = 0;
  const timer = new BreakTimer(minutes * MINUTE, () => now);
  const work = (ms: number) => {
    for (const end = now + ms; now < end;) {
      now += 10_000;
      timer.clock.activity();
      timer.isDue();
    }
  };
  const idle = (ms: number) => {
    for (const end = now + ms; now < end;) {
      now += 10_000;
      timer.isDue();
    }
  };
  /** The annotator's screen is closed: nobody asks. */
  const leave = (ms: number) => void (now += ms);
  return { timer, work, idle, leave };
}

test('a break is due after so much work, not before', () => {
  const { timer, work } = desk(45);
  work(44 * MINUTE);
  expect(timer.isDue()).toBe(false);
  work(MINUTE);
  expect(timer.isDue()).toBe(true);
  expect(timer.minutes()).toBe(45);
});

test('idle time is no work', () => {
  const { timer, work, idle } = desk(10);
  work(6 * MINUTE);
  idle(2 * MINUTE);
  work(3 * MINUTE);
  expect(timer.isDue()).toBe(false);
  work(MINUTE);
  expect(timer.isDue()).toBe(true);
});

test('a long pause was a break', () => {
  const { timer, work, idle } = desk(10);
  work(9 * MINUTE);
  idle(PAUSE_MS + IDLE_MS + 10_000);
  work(9 * MINUTE);
  expect(timer.isDue()).toBe(false);
});

test('dismissed, counting begins anew; later, it comes back', () => {
  const { timer, work } = desk(10);
  work(10 * MINUTE);
  timer.later(5 * MINUTE);
  expect(timer.isDue()).toBe(false);
  work(5 * MINUTE);
  expect(timer.isDue()).toBe(true);
  timer.dismiss();
  work(9 * MINUTE);
  expect(timer.isDue()).toBe(false);
  work(MINUTE);
  expect(timer.isDue()).toBe(true);
});

test('a long time away from the screen was a break, a short one was not', () => {
  const { timer, work, leave } = desk(10);
  work(6 * MINUTE);
  leave(PAUSE_MS - 1);
  work(3 * MINUTE);
  leave(PAUSE_MS);
  work(6 * MINUTE);
  expect(timer.isDue()).toBe(false);
  leave(PAUSE_MS / 2);
  work(4 * MINUTE);
  expect(timer.isDue()).toBe(true);
});
