import { expect, test } from 'vitest';

import type { AnswerView, ComparisonView } from '../../ipc/bindings';
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
  const batches = [
    [1, 2],
    [1, 2, 3, 4],
  ].map((batch) => batch.map(comparison));
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

/** The second turn that follows the answer to `i1`. */
const second = (answer: AnswerView): ComparisonView => ({
  ...comparison(1),
  item: 'i1-second',
  preceding: { prompt: [], preferred: null, answer },
});

test('a second turn comes at once, before what is held', async () => {
  const backend = new TestBackend(6);
  const submit = backend.submitJudgment.bind(backend);
  backend.submitJudgment = async (annotator, judgment) => ({
    ...(await submit(annotator, judgment)),
    follow_up: judgment.item === 'i1' ? second(judgment) : null,
  });
  const session = await started(backend);
  const seen: (string | undefined)[] = [];
  for (const key of ['1', '2', '1', '1']) {
    seen.push(session.state.current?.item);
    await type(session, key);
  }
  expect(seen).toEqual(['i1', 'i1-second', 'i2', 'i3']);
  expect(backend.judgments.map((one) => one.item)).toEqual(seen);
});

test('a second turn is let go when its first comes back, and comes anew with its answer', async () => {
  const said = (strength: number): AnswerView => ({
    answer: { kind: 'tie' },
    strength,
    confidence: null,
    rationale: null,
    reason_tags: [],
    aspects: [],
    highlights: [],
    steps: [],
  });
  const buffer = new ComparisonBuffer(async () => [2, 3, 4].map(comparison));
  expect((await buffer.next())?.item).toBe('i2');
  buffer.putFirst(second(said(1)));
  const shown = buffer.take() ?? null;
  expect(shown?.item).toBe('i1-second');
  buffer.bringBack('i1', shown);
  expect(buffer.upcoming().map((one) => one.item)).toEqual(['i3', 'i4']);
  buffer.putFirst(second(said(2)));
  buffer.putFirst(second(said(3)));
  expect(buffer.take()?.preceding?.answer.strength).toBe(3);
  expect(buffer.take()?.item).toBe('i3');
});
