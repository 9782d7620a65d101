import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ActiveTime, IDLE_MS } from './active-time';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTime(ms);

test('time counts from the restart', () => {
  const clock = new ActiveTime();
  pass(500);
  clock.restart();
  pass(1200);
  expect(clock.elapsed()).toBe(1200);
});

test('asking does not change what is counted', () => {
  const clock = new ActiveTime();
  pass(100);
  clock.elapsed();
  pass(100);
  expect(clock.elapsed()).toBe(200);
});

test('time beyond the idle limit is left out until the next sign of life', () => {
  const clock = new ActiveTime();
  pass(IDLE_MS + 60_000);
  expect(clock.elapsed()).toBe(IDLE_MS);
  clock.activity();
  pass(2000);
  expect(clock.elapsed()).toBe(IDLE_MS + 2000);
});

test('signs of life keep the clock going', () => {
  const clock = new ActiveTime();
  for (let n = 0; n < 10; n++) {
    pass(IDLE_MS - 1);
    clock.activity();
  }
  expect(clock.elapsed()).toBe(10 * (IDLE_MS - 1));
});

test('time away from the window is left out, and coming back is a sign of life', () => {
  const clock = new ActiveTime();
  pass(1000);
  clock.setPresent(false);
  pass(600_000);
  clock.setPresent(true);
  pass(1000);
  expect(clock.elapsed()).toBe(2000);
});

test('a sign of life while away counts nothing', () => {
  const clock = new ActiveTime();
  clock.setPresent(false);
  pass(1000);
  clock.activity();
  pass(1000);
  expect(clock.elapsed()).toBe(0);
});
