import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { JobView } from '../../ipc/bindings';
import { POLL_MS, watchJob } from './watch';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function jobs(...states: JobView['state'][]) {
  const left = [...states];
  return {
    job: vi.fn(async (id: string): Promise<JobView> => {
      const state = left.shift() ?? 'done';
      return { id, stage: '', done: 0, total: null, eta_s: null, state, result: null, error: null };
    }),
  };
}

test('asks until the job no longer runs', async () => {
  const backend = jobs('running', 'running', 'failed');
  const seen: string[] = [];
  const end = watchJob(backend, 'j', (job) => seen.push(job.state));
  await vi.advanceTimersByTimeAsync(POLL_MS * 5);
  expect((await end)?.state).toBe('failed');
  expect(seen).toEqual(['running', 'running', 'failed']);
  expect(backend.job).toHaveBeenCalledTimes(3);
});

test('stops when nobody looks any more', async () => {
  const backend = jobs('running', 'running', 'running');
  let gone = false;
  const end = watchJob(backend, 'j', () => {}, () => gone);
  await vi.advanceTimersByTimeAsync(POLL_MS);
  gone = true;
  await vi.advanceTimersByTimeAsync(POLL_MS * 5);
  expect(await end).toBeNull();
  expect(backend.job).toHaveBeenCalledTimes(2);
});
