import { describe, expect, test } from 'vitest';

import type { AudioView } from '../../ipc/bindings';
import { gateWords } from './words';
import { candidate, comparison, settle, started, TestBackend, type } from './testing';

/** A clock that the test sets. */
const clock = () => {
  const at = { ms: 0 };
  return { at, now: () => at.ms };
};

test('an answer waits until the comparison was on the screen long enough', async () => {
  const backend = new TestBackend(3);
  const { at, now } = clock();
  const session = await started(backend, { min_dwell_s: 5 }, { now });
  at.ms = 1000;
  await type(session, '2');
  expect(backend.judgments).toEqual([]);
  expect(session.state).toMatchObject({
    pending: 'held',
    choice: { kind: 'preferred', candidate: 'i1-r' },
    gate: { kind: 'dwell', readyAt: 5000 },
  });
  at.ms = 5000;
  await type(session, 'Enter');
  expect(backend.judgments[0]?.answer).toEqual({ kind: 'preferred', candidate: 'i1-r' });
});

test('a held answer can be changed or dropped', async () => {
  const backend = new TestBackend(3);
  const { at, now } = clock();
  const session = await started(backend, { min_dwell_s: 5 }, { now });
  await type(session, '2 Escape');
  expect(session.state).toMatchObject({ pending: 'nothing', choice: null, gate: null });
  await type(session, '2 0');
  expect(session.state.choice).toEqual({ kind: 'tie' });
  at.ms = 6000;
  await type(session, '1');
  expect(backend.judgments[0]?.answer).toEqual({ kind: 'preferred', candidate: 'i1-l' });
});

test('a skip waits for nothing', async () => {
  const backend = new TestBackend(3);
  const asked = { min_dwell_s: 5, min_listen_s: 5, highlights: 'required' } as const;
  const session = await started(backend, asked, clock());
  await type(session, 's 2');
  expect(backend.judgments).toHaveLength(1);
});

describe('clips', () => {
  const audio: AudioView = {
    format: 'wav',
    duration_s: 3,
    sample_rate: 8000,
    channels: 1,
    loudness_lufs: null,
    true_peak_dbtp: null,
  };
  const clip = (id: string, problem: string | null = null) => ({
    ...candidate(id, ''),
    media: { id, image: null, audio, problem },
  });
  const backendOf = (problem: string | null = null) =>
    new TestBackend(3, (n) => ({
      ...comparison(n),
      modality: 'music',
      candidates: [clip(`i${n}-l`), clip(`i${n}-r`, problem)],
    }));

  test('wait until each was heard; what is missing is said, and what was heard is saved', async () => {
    const backend = backendOf();
    const session = await started(backend, { min_listen_s: 4 });
    await type(session, '1');
    const missing = [
      { candidate: 'i1-l', seconds: 3 },
      { candidate: 'i1-r', seconds: 3 },
    ];
    expect(session.state.gate).toEqual({ kind: 'listen', missing });
    const spans = [{ candidate: 'i1-l', from_ms: 0, to_ms: 3000, at: '2025-05-03T10:00:00Z' }];
    session.hear({ spans, missing: missing.slice(1) });
    expect(session.state.gate).toEqual({ kind: 'listen', missing: missing.slice(1) });
    await type(session, 'Enter');
    expect(backend.judgments).toEqual([]);
    session.hear({ spans, missing: [] });
    await type(session, 'Enter');
    expect(backend.judgments[0]?.listening).toEqual(spans);
  });

  test('what was heard of one pair does not count for the next', async () => {
    const backend = backendOf();
    const session = await started(backend, { min_listen_s: 4 });
    session.hear({ spans: [], missing: [] });
    await type(session, '1 1');
    expect(backend.judgments).toHaveLength(1);
    expect(session.state.gate?.kind).toBe('listen');
  });

  test('what a stage that is gone says does not go with the next answer', async () => {
    const backend = backendOf();
    const session = await started(backend);
    const spans = [{ candidate: 'i1-l', from_ms: 0, to_ms: 900, at: '2025-05-03T10:00:00Z' }];
    session.hear({ spans, missing: [] });
    await type(session, '1');
    session.hear({ spans, missing: [] });
    await type(session, '2');
    expect(backend.judgments.map((one) => one.listening)).toEqual([spans, []]);
  });

  test('nor does it open what the next answer waits for', async () => {
    const backend = backendOf();
    const session = await started(backend, { min_listen_s: 4 });
    const spans = [{ candidate: 'i1-l', from_ms: 0, to_ms: 3000, at: '2025-05-03T10:00:00Z' }];
    session.hear({ spans, missing: [] });
    await type(session, '1');
    session.hear({ spans, missing: [] });
    await type(session, '1');
    expect(backend.judgments).toHaveLength(1);
    expect(session.state.gate?.kind).toBe('listen');
  });

  test('are asked what was heard of them up to the moment of the answer', async () => {
    const backend = backendOf();
    const heard = [{ candidate: 'i1-l', from_ms: 0, to_ms: 2900, at: '2025-05-03T10:00:00Z' }];
    const now = [{ ...heard[0]!, to_ms: 3000 }];
    const listened = () => session.hear({ spans: now, missing: [] });
    const session = await started(backend, { min_listen_s: 4 }, { listened });
    session.hear({ spans: heard, missing: [{ candidate: 'i1-l', seconds: 0.1 }] });
    await type(session, '1');
    expect(backend.judgments[0]?.listening).toEqual(now);
  });

  test('what was heard before an answer was taken back still counts', async () => {
    const backend = backendOf();
    const session = await started(backend, { min_listen_s: 4 });
    session.hear({ spans: [], missing: [] });
    await type(session, '1 u');
    session.hear({ spans: [], missing: [{ candidate: 'i1-l', seconds: 3 }] });
    await type(session, '2');
    expect(backend.judgments[0]?.answer).toEqual({ kind: 'preferred', candidate: 'i1-r' });
  });

  test('one that cannot be played holds nothing up', async () => {
    const session = await started(backendOf('gone'), { min_listen_s: 4 });
    await type(session, '1');
    const missing = [{ candidate: 'i1-l', seconds: 3 }];
    expect(session.state.gate).toEqual({ kind: 'listen', missing });
  });
});

test('required marks: one is enough, and their words go with the answer', async () => {
  const backend = new TestBackend(3);
  const session = await started(backend, { highlights: 'required' });
  await type(session, '1');
  expect(session.state.gate).toEqual({ kind: 'highlights' });
  const mark = { candidate: 'i1-l', turn: 0, start: 0, end: 4, good: false, reason: null };
  session.mark([mark]);
  await type(session, 'Enter');
  expect(backend.judgments[0]?.highlights).toEqual([mark]);
});

test('required steps: each answer that has steps, all right being an answer', async () => {
  const steps = ['one', 'two'];
  const backend = new TestBackend(3, (n) => {
    const shown = comparison(n);
    return { ...shown, candidates: shown.candidates.map((one) => ({ ...one, steps })) };
  });
  const session = await started(backend, { steps: 'required' });
  session.markSteps([{ candidate: 'i1-r', first_wrong: 1 }]);
  await type(session, '1');
  expect(session.state.gate).toEqual({ kind: 'steps', candidates: ['i1-l'] });
  session.markSteps([...session.state.details.steps, { candidate: 'i1-l', first_wrong: null }]);
  await type(session, 'Enter');
  expect(backend.judgments[0]?.steps).toHaveLength(2);
});

test.each(['image', 'music'])('marks are not asked for beside %s', async (modality) => {
  const backend = new TestBackend(3, (n) => {
    const shown = comparison(n);
    const candidates = shown.candidates.map((one) => ({ ...one, steps: ['one', 'two'] }));
    return { ...shown, modality, candidates };
  });
  const session = await started(backend, { highlights: 'required', steps: 'required' });
  await type(session, '1');
  expect(session.state.gate).toBeNull();
  expect(backend.judgments).toHaveLength(1);
});

test('in a form the wait comes at its end', async () => {
  const backend = new TestBackend(3);
  const { at, now } = clock();
  const session = await started(backend, { min_dwell_s: 5, confidence: 'required' }, { now });
  await type(session, '1');
  expect(session.state).toMatchObject({ gate: null, at: 'confidence' });
  await type(session, '4');
  expect(session.state).toMatchObject({ gate: { kind: 'dwell' }, at: 'end', pending: 'form' });
  at.ms = 5000;
  await type(session, 'Enter');
  expect(backend.judgments).toHaveLength(1);
});

test('the words count down and name what is missing', async () => {
  await settle();
  const shown = comparison(1);
  const dwell = { kind: 'dwell', readyAt: 5000 } as const;
  expect(gateWords(dwell, shown, 2100)).toContain('3 s');
  expect(gateWords(dwell, shown, 5000)).toContain('Enter');
  const missing = [{ candidate: 'i1-r', seconds: 2.2 }];
  expect(gateWords({ kind: 'listen', missing }, shown, 0)).toContain('Right for 3 s');
  expect(gateWords({ kind: 'steps', candidates: ['i1-l'] }, shown, 0)).toContain('Left');
});
