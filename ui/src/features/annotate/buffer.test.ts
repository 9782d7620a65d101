import { expect, test } from 'vitest';

import { AHEAD, ComparisonBuffer } from './buffer';
import { comparison, Deferred, settle, started, TestBackend, type } from './testing';

test('no item is asked for that is shown or held, and none is served twice', async () => {
  const backend = new TestBackend(40);
  const session = await started(backend);
  const seen: string[] = [];
  for (let n = 0; n < 40; n++) {
    seen.push(session.state.current?.item ?? 'none');
    await type(session, n % 2 === 0 ? '1' : '2');
  }
  expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => `i${n + 1}`));
  expect(new Set(backend.served).size).toBe(backend.served.length);
  expect(session.state.phase).toBe('finished');
});

test('holds so many ahead', async () => {
  const backend = new TestBackend(40);
  const session = await started(backend);
  await type(session, '1');
  const last = backend.requests.at(-1);
  expect(last?.count).toBeLessThanOrEqual(AHEAD);
  expect(last?.exclude).toContain('i2');
});

test('the next pair is there without a request', async () => {
  const backend = new TestBackend(40);
  const session = await started(backend);
  backend.hold.next = new Deferred();
  await type(session, '1 1 1');
  expect(session.state.current?.item).toBe('i4');
});

test('an answer to an old request leaves out what is shown, held or answered by now', async () => {
  const late = new Deferred<void>();
  const batches = [[1, 2], [1, 2, 3, 4]].map((batch) => batch.map(comparison));
  const buffer = new ComparisonBuffer(async (count) => {
    if (batches.length === 1) await late.promise;
    return batches.shift()?.slice(0, Math.max(count, 4)) ?? [];
  });
  expect((await buffer.next())?.item).toBe('i1');
  buffer.markAnswered('i1');
  expect(buffer.take()?.item).toBe('i2');
  const next = buffer.next();
  buffer.bringBack('i2', null);
  late.resolve();
  expect((await next)?.item).toBe('i3');
  expect(buffer.take()?.item).toBe('i4');
  expect(buffer.take()).toBeUndefined();
});

test('a late answer brings back nothing that was answered or undone meanwhile', async () => {
  const backend = new TestBackend(12);
  const session = await started(backend);
  backend.hold.next = new Deferred();
  await type(session, '1 1 u');
  // The request under way was made when the undone pair was answered, or not yet shown.
  backend.hold.next.resolve();
  backend.hold.next = undefined;
  await settle();
  const seen: string[] = [];
  while (session.state.current) {
    seen.push(session.state.current.item);
    await type(session, '1');
  }
  expect(seen).toEqual(Array.from({ length: 11 }, (_, n) => `i${n + 2}`));
});

test('what undo pushes aside comes next, once', async () => {
  const backend = new TestBackend(12);
  const session = await started(backend);
  await type(session, '1 1 1 u u');
  expect(session.state.current?.item).toBe('i2');
  const seen: string[] = [];
  while (session.state.current) {
    seen.push(session.state.current.item);
    await type(session, '1');
  }
  expect(seen).toEqual(Array.from({ length: 11 }, (_, n) => `i${n + 2}`));
});

test('a failed prefetch is made good when the pair is needed', async () => {
  const backend = new TestBackend(12);
  const session = await started(backend);
  backend.hold.next = new Deferred();
  await type(session, '1');
  backend.hold.next.reject(new Error('busy'));
  await settle();
  backend.hold.next = undefined;
  await type(session, '1 1 1 1 1');
  expect(session.state.current?.item).toBe('i7');
});
