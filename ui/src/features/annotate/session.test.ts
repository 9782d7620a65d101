import { describe, expect, it, test } from 'vitest';

import { Session } from './session';
import type { Draft } from './session-state';
import {
  ASKED,
  comparison,
  Deferred,
  keyPress,
  settle,
  started,
  TestBackend,
  type,
} from './testing';

const FULL = { code: 'disk_full', message: 'The disk is full.', hint: null };
const answers = (backend: TestBackend) =>
  backend.judgments.map(({ item, answer, strength }) => {
    const said = answer.kind === 'preferred' ? answer.candidate : `${item}-${answer.kind}`;
    return strength === null ? said : `${said}:${strength}`;
  });

describe('what a row of keys saves', () => {
  it.each<[string, object, string, string[], string]>([
    ['one key an answer', {}, '1 2 0 b', ['i1-l', 'i2-r', 'i3-tie', 'i4-both_bad'], 'nothing'],
    ['skip without a reason', {}, 's s 1', ['i1-skipped', 'i2-l'], 'nothing'],
    ['skip cancelled', {}, 's Escape 2', ['i1-r'], 'nothing'],
    ['unknown keys', {}, 'x 4 3 1', ['i1-l'], 'nothing'],
    [
      'strength by a second key',
      { strength: 'optional' },
      '1 2 2 0',
      ['i1-l:2', 'i2-r:0'],
      'nothing',
    ],
    ['no strength', { strength: 'optional' }, '1 Enter', ['i1-l'], 'nothing'],
    ['strength cancelled', { strength: 'optional' }, '1 Escape', [], 'nothing'],
    ['the side changed', { strength: 'optional' }, '1 ArrowRight 3', ['i1-r:3'], 'nothing'],
    [
      'tie needs no strength',
      { strength: 'required' },
      '0 b',
      ['i1-tie', 'i2-both_bad'],
      'nothing',
    ],
    ['strength missing', { strength: 'required' }, '1 Enter', [], 'strength'],
    ['undo of a choice', { strength: 'optional' }, '0 1 u', ['i1-tie'], 'nothing'],
    ['undo and answer anew', {}, '1 1 u 2', ['i1-l', 'i2-r'], 'nothing'],
    ['undo twice, change the first', {}, '1 1 u u 2', ['i1-r'], 'earlier'],
    ['undo twice, keep the second', {}, '1 1 u u 2 Enter', ['i1-r', 'i2-l'], 'nothing'],
    ['undo, then keep the answer', { strength: 'optional' }, '1 3 u Enter', ['i1-l:3'], 'nothing'],
    ['reason missing', { rationale: 'required' }, '1', [], 'reason'],
    ['reason missing, confirmed', { rationale: 'required' }, '1 Enter', [], 'reason'],
    ['a skip needs no reason', { rationale: 'required' }, 's 1', ['i1-skipped'], 'nothing'],
  ])('%s', async (_, settings, keys, saved, pending) => {
    const backend = new TestBackend(9);
    const session = await started(backend, settings);
    await type(session, keys);
    expect(answers(backend)).toEqual(saved);
    expect(session.state.pending).toBe(pending);
  });
});

test('the saved mark and the next pair come only after the commit', async () => {
  const backend = new TestBackend(5);
  const session = await started(backend);
  backend.hold.submit = new Deferred();
  await type(session, '1');
  expect(session.state.phase).toBe('saving');
  expect(session.state.savedAt).toBeNull();
  expect(session.state.current?.item).toBe('i1');
  backend.hold.submit.resolve();
  await settle();
  expect(session.state.savedAt).not.toBeNull();
  expect(session.state.current?.item).toBe('i2');
  expect(session.state.progress?.done).toBe(1);
});

test('keys pressed during a commit answer the next pairs, each once', async () => {
  const backend = new TestBackend(9);
  const session = await started(backend);
  backend.hold.submit = new Deferred();
  await type(session, '1 2 0 u b');
  expect(backend.judgments).toHaveLength(0);
  backend.hold.submit.resolve();
  await settle();
  expect(answers(backend)).toEqual(['i1-l', 'i2-r', 'i3-both_bad']);
});

test('a key waits until the pair it answers is on the screen', async () => {
  const backend = new TestBackend(9);
  const frames: Deferred<void>[] = [];
  const painted = () => {
    const frame = new Deferred<void>();
    frames.push(frame);
    return frame.promise;
  };
  const starting = started(backend, {}, { painted });
  await settle();
  frames[0]?.resolve();
  const session = await starting;
  await type(session, '1 2');
  expect(answers(backend)).toEqual(['i1-l']);
  frames[1]?.resolve();
  await settle();
  expect(answers(backend)).toEqual(['i1-l', 'i2-r']);
});

test('a held key answers one pair only', async () => {
  const backend = new TestBackend(5);
  const session = await started(backend);
  session.press(keyPress('1'), 'page');
  for (let n = 0; n < 5; n++) session.press(keyPress('1', { repeat: true }), 'page');
  await settle();
  expect(answers(backend)).toEqual(['i1-l']);
});

test('a click during a commit does not answer the next pair', async () => {
  const backend = new TestBackend(5);
  const session = await started(backend);
  backend.hold.submit = new Deferred();
  session.click({ do: 'choose', answer: 'left' });
  session.click({ do: 'choose', answer: 'left' });
  backend.hold.submit.resolve();
  await settle();
  expect(answers(backend)).toEqual(['i1-l']);
});

describe('when saving fails', () => {
  async function failed() {
    const backend = new TestBackend(5);
    const session = await started(backend, { strength: 'optional', rationale: 'optional' });
    session.write('because');
    backend.hold.submit = new Deferred();
    await type(session, '2 3 1');
    backend.hold.submit.reject(FULL);
    await settle();
    backend.hold.submit = undefined;
    return { backend, session };
  }

  test('the pair, the answer and the reason stay, and nothing is called saved', async () => {
    const { session } = await failed();
    expect(session.state).toMatchObject({
      phase: 'answering',
      current: { item: 'i1' },
      pending: 'retry',
      choice: { kind: 'preferred', candidate: 'i1-r' },
      strength: 3,
      rationale: 'because',
      error: FULL,
      savedAt: null,
      notice: '1 key pressed meanwhile had no effect.',
    });
  });

  test('trying again saves the same answer', async () => {
    const { backend, session } = await failed();
    await type(session, 'Enter');
    expect(answers(backend)).toEqual(['i1-r:3']);
    expect(backend.judgments[0]?.rationale).toBe('because');
    expect(session.state).toMatchObject({ error: null, current: { item: 'i2' } });
  });

  test('another answer may be given instead', async () => {
    const { backend, session } = await failed();
    await type(session, '0');
    expect(answers(backend)).toEqual(['i1-tie']);
    expect(backend.judgments[0]?.rationale).toBe('because');
  });
});

describe('undo', () => {
  test('brings back the pair with its answer, strength and reason', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend, { strength: 'optional', rationale: 'optional' });
    session.write('shorter');
    await type(session, '2 1');
    session.write('begun');
    await type(session, 'u');
    expect(session.state).toMatchObject({
      current: { item: 'i1' },
      pending: 'earlier',
      earlier: { answer: { kind: 'preferred', candidate: 'i1-r' } },
      strength: 1,
      rationale: 'shorter',
      savedAt: null,
      progress: { done: 0 },
    });
    await type(session, '1 3');
    expect(session.state.current?.item).toBe('i2');
    expect(session.state.rationale, 'what was begun is not lost').toBe('begun');
    expect(answers(backend)).toEqual(['i1-l:3']);
  });

  test('works from the end, and says when there is nothing left', async () => {
    const backend = new TestBackend(1);
    const session = await started(backend);
    await type(session, '1');
    expect(session.state).toMatchObject({ phase: 'finished', current: null });
    await type(session, 'u');
    expect(session.state).toMatchObject({ phase: 'answering', current: { item: 'i1' } });
    await type(session, 'u');
    expect(session.state).toMatchObject({
      phase: 'answering',
      notice: 'There is nothing to undo.',
    });
  });

  test('drops no key while it is under way', async () => {
    const backend = new TestBackend(9);
    const session = await started(backend);
    await type(session, '1 1');
    backend.hold.undo = new Deferred();
    await type(session, 'u 2 0');
    backend.hold.undo.resolve();
    await settle();
    expect(answers(backend)).toEqual(['i1-l', 'i2-r', 'i3-tie']);
  });

  test('that fails leaves everything and can be tried again', async () => {
    const backend = new TestBackend(9);
    const session = await started(backend);
    await type(session, '1');
    backend.hold.undo = new Deferred();
    await type(session, 'u');
    backend.hold.undo.reject(FULL);
    await settle();
    expect(session.state).toMatchObject({
      current: { item: 'i2' },
      failed: 'undoing',
      error: FULL,
    });
    backend.hold.undo = undefined;
    await type(session, 'Enter');
    expect(session.state).toMatchObject({ current: { item: 'i1' }, failed: null, error: null });
  });
});

describe('strength', () => {
  test('untouched is no strength, not 0', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend, { strength: 'optional' });
    await type(session, '1');
    expect(session.state.strength).toBeNull();
    await type(session, 'Enter');
    expect(backend.judgments[0]?.strength).toBeNull();
  });

  test('touched at 0 is 0', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend, { strength: 'required' });
    await type(session, '1');
    session.touchStrength(0);
    await type(session, 'Enter');
    expect(backend.judgments[0]?.strength).toBe(0);
  });

  test('never goes with a tie', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend, { strength: 'optional' });
    await type(session, '1');
    session.touchStrength(2);
    session.click({ do: 'choose', answer: 'tie' });
    await settle();
    expect(backend.judgments[0]).toMatchObject({ answer: { kind: 'tie' }, strength: null });
  });
});

test('a required reason holds the answer, keeps the strength, and Ctrl+Enter saves both', async () => {
  const backend = new TestBackend(5);
  const session = await started(backend, { strength: 'optional', rationale: 'required' });
  const before = session.state.reasonFocus;
  await type(session, '1 2');
  expect(session.state).toMatchObject({ pending: 'reason', strength: 2 });
  expect(session.state.reasonFocus).toBe(before + 1);
  session.write('   ');
  session.press(keyPress('Enter', { ctrl: true }), 'rationale');
  await settle();
  expect(backend.judgments).toHaveLength(0);
  session.write(' it is correct ');
  session.press(keyPress('Enter', { ctrl: true }), 'rationale');
  await settle();
  expect(backend.judgments[0]).toMatchObject({ strength: 2, rationale: 'it is correct' });
});

test('each judgment says when its pair was shown and how long it took', async () => {
  const backend = new TestBackend(5);
  const session = await started(backend);
  await type(session, '1');
  const [judgment] = backend.judgments;
  expect(Number.isNaN(Date.parse(judgment?.shown_at ?? ''))).toBe(false);
  expect(judgment?.active_ms).toBeGreaterThanOrEqual(0);
});

describe('loading', () => {
  test('keys pressed before the first pair is there answer it', async () => {
    const backend = new TestBackend(5);
    backend.hold.next = new Deferred();
    const session = new Session(backend, 'ada', ASKED);
    const starting = session.start();
    await type(session, '1');
    expect(session.state.phase).toBe('loading');
    backend.hold.next.resolve();
    await starting;
    await settle();
    expect(answers(backend)).toEqual(['i1-l']);
  });

  test('that fails can be tried again', async () => {
    const backend = new TestBackend(5);
    backend.hold.next = new Deferred();
    const starting = started(backend);
    await settle();
    backend.hold.next.reject(FULL);
    const session = await starting;
    expect(session.state).toMatchObject({ phase: 'unloadable', failed: 'loading', error: FULL });
    backend.hold.next = undefined;
    await type(session, 'Enter');
    expect(session.state).toMatchObject({
      phase: 'answering',
      current: comparison(1),
      error: null,
    });
  });
});

describe('reasons begun', () => {
  test('what is typed for the reason while saving goes to the reason, not to the next pairs', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend, { rationale: 'optional' });
    backend.hold.submit = new Deferred();
    await type(session, '1 r b 2 s');
    backend.hold.submit.resolve();
    await settle();
    expect(answers(backend)).toEqual(['i1-l']);
    expect(session.state).toMatchObject({ current: { item: 'i2' }, rationale: 'b2s' });
  });

  test('clicks on candidates that wait are each counted', async () => {
    const third = { id: 'i1-third', turns: [], media: null, steps: null, system: null };
    const backend = new TestBackend(3, (n) => ({
      ...comparison(n),
      candidates: [...comparison(n).candidates, third],
    }));
    const session = await started(backend);
    const [a, b] = session.state.current!.candidates.map((one) => one.id);
    for (const candidate of [b!, a!, b!]) session.click({ do: 'prefer', candidate });
    await settle();
    expect(session.state.tiers).toEqual([[a]]);
  });

  test('keys of the screen that wait are done in their turn, or are letters of the reason', async () => {
    const backend = new TestBackend(5);
    const done: string[] = [];
    const session = await started(
      backend,
      { rationale: 'optional' },
      { screen: (action) => action.do === 'theme' && done.push(action.do) > 0 },
    );
    backend.hold.submit = new Deferred();
    await type(session, '1 d r d c Escape d');
    expect(done).toEqual([]);
    backend.hold.submit.resolve();
    await settle();
    expect(session.state).toMatchObject({ current: { item: 'i2' }, rationale: 'dc' });
    expect(done).toEqual(['theme', 'theme']);
    expect(session.waits).toBe(false);
  });

  test('typed while saving are left by Escape and broken by Enter, as in the field', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend, { rationale: 'optional' });
    backend.hold.submit = new Deferred();
    await type(session, '1 r o x Backspace Enter k Escape 2');
    backend.hold.submit.resolve();
    await settle();
    expect(answers(backend)).toEqual(['i1-l', 'i2-r']);
    expect(backend.judgments[1]?.rationale).toBe('o\nk');
    expect(session.state.reasonFocus).toBe(0);
  });

  test('typed while saving are sent by Ctrl+Enter', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend, { rationale: 'optional', strength: 'optional' });
    backend.hold.submit = new Deferred();
    await type(session, '0 2 r b');
    session.press(keyPress('Enter', { ctrl: true }), 'page');
    await type(session, '0');
    backend.hold.submit.resolve();
    await settle();
    expect(answers(backend)).toEqual(['i1-tie', 'i2-r', 'i3-tie']);
    expect(backend.judgments[1]?.rationale).toBe('b');
  });

  test('are there again in the next sitting', async () => {
    const backend = new TestBackend(5);
    const drafts = new Map<string, Draft>();
    const before = await started(backend, { rationale: 'optional' }, { drafts });
    before.write('half a');
    before.keepDraft();
    const after = await started(backend, { rationale: 'optional' }, { drafts });
    expect(after.state.rationale).toBe('half a');
    await type(after, '1');
    expect(drafts.size).toBe(0);
  });
});

describe('the progress', () => {
  test('is counted anew while nothing is under way', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend);
    const counted = { ...(await backend.progress()), waiting: 3 };
    backend.progress = async () => counted;
    await session.refreshProgress();
    expect(session.state.progress).toEqual(counted);
  });

  test('of an answer given meanwhile is not overwritten, and a failure says nothing', async () => {
    const backend = new TestBackend(5);
    const session = await started(backend);
    const late = new Deferred<void>();
    const before = await backend.progress();
    backend.progress = async () => (await late.promise, before);
    const refreshed = session.refreshProgress();
    await type(session, '1');
    late.resolve();
    await refreshed;
    expect(session.state.progress?.done).toBe(1);
    backend.progress = () => Promise.reject(FULL);
    await session.refreshProgress();
    expect(session.state).toMatchObject({ error: null, progress: { done: 1 } });
  });
});
