import { describe, expect, it, test } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import type { AspectScale, AspectSetting } from '../../ipc/bindings';
import type { Asked } from './form';
import { keyPress, ranked, started, TestBackend, type } from './testing';

const aspect = (id: string, scale: AspectScale, more: Partial<AspectSetting> = {}) => ({
  id,
  name: id,
  description: '',
  scale,
  ask: 'required' as const,
  reasons: [],
  ...more,
});

const REASONS = ['complete', 'clear', 'short'];
const MULTIPREF: Partial<Asked> = {
  strength: 'required',
  aspects: [
    aspect('helpful', 'preference', { reasons: REASONS }),
    aspect('true', 'preference', { reasons: REASONS }),
  ],
  confidence: 'required',
};
const ULTRAFEEDBACK: Partial<Asked> = {
  aspects: [aspect('honest', 'rating'), aspect('helpful', 'rating', { ask: 'optional' })],
};

/** What is said on an aspect: `helpful:i1-l[complete]`, `honest:4,2`. */
function said(backend: TestBackend): string[] {
  return backend.judgments.map((one) => {
    const choice =
      one.answer.kind === 'preferred'
        ? one.answer.candidate
        : one.answer.kind === 'ranked'
          ? one.answer.tiers.map((tier) => tier.join('=')).join('>')
          : one.answer.kind;
    const aspects = one.aspects.map(({ aspect: id, answer, reasons }) => {
      const words =
        answer.kind === 'preferred'
          ? answer.candidate
          : answer.kind === 'tie'
            ? 'tie'
            : answer.ratings.map(([, rating]) => rating).join(',');
      return `${id}:${words}${reasons.length > 0 ? `[${reasons.join()}]` : ''}`;
    });
    const level = one.confidence === null ? [] : [`sure:${one.confidence.toFixed(2)}`];
    const strength = one.strength === null ? [] : [`strength:${one.strength}`];
    const tags = one.reason_tags.length > 0 ? [`tags:${one.reason_tags.join()}`] : [];
    return [choice, ...strength, ...aspects, ...tags, ...level].join(' ');
  });
}

describe('what a row of keys saves', () => {
  it.each<[string, Partial<Asked>, string, string[], string | null]>([
    [
      'strength, aspects with reasons, confidence',
      MULTIPREF,
      '1 2 1 1 3 Enter 2 Enter 4',
      ['i1-l strength:2 helpful:i1-l[complete,short] true:i1-r sure:1.00'],
      null,
    ],
    [
      'a tie on an aspect needs no reasons',
      MULTIPREF,
      '2 3 0 0 1',
      ['i1-r strength:3 helpful:tie true:tie sure:0.00'],
      null,
    ],
    [
      'a tie has no strength',
      MULTIPREF,
      '0 1 Enter 0 2',
      ['tie helpful:i1-l true:tie sure:0.33'],
      null,
    ],
    [
      'an aspect that becomes a tie has no reasons any more',
      MULTIPREF,
      '1 2 1 1 3 Escape 0 0 1',
      ['i1-l strength:2 helpful:tie true:tie sure:0.00'],
      null,
    ],
    ['a required aspect cannot be skipped', MULTIPREF, '1 2 Enter', [], 'aspect:helpful'],
    ['a digit that means nothing', MULTIPREF, '1 2 7', [], 'aspect:helpful'],
    ['back by one, and on again', MULTIPREF, '1 2 Escape 0', [], 'aspect:helpful'],
    ['back to the choice', MULTIPREF, '1 2 Escape Escape', [], null],
    ['undo goes back, too', MULTIPREF, '1 2 u', [], 'strength'],
    [
      'another choice keeps what is answered',
      MULTIPREF,
      '1 2 1 Enter b 2 Enter 3',
      ['both_bad helpful:i1-l true:i1-r sure:0.67'],
      null,
    ],
    ['skip needs none of it', MULTIPREF, 's 1', ['skipped'], null],
    ['skip in the middle', MULTIPREF, '1 2 s s', ['skipped'], null],
    [
      'ratings, one candidate after the other',
      ULTRAFEEDBACK,
      '2 4 2 5 1',
      ['i1-r honest:4,2 helpful:5,1'],
      null,
    ],
    [
      'an optional rating is skipped by Enter and is absent',
      ULTRAFEEDBACK,
      '2 4 2 Enter Enter',
      ['i1-r honest:4,2'],
      null,
    ],
    ['no rating is 0', ULTRAFEEDBACK, '2 0', [], 'rating:honest:0'],
    [
      'reasons for the whole',
      { reason_tags: ['a', 'b', 'c'] },
      '1 3 1 3 Enter 2 Enter',
      ['i1-l tags:a', 'i2-r'],
      null,
    ],
    [
      'the next comparison begins without answers',
      { confidence: 'optional' },
      '1 4 2 Enter',
      ['i1-l sure:1.00', 'i2-r'],
      null,
    ],
  ])('%s', async (_, asked, keys, saved, at) => {
    const backend = new TestBackend(9);
    const session = await started(backend, asked);
    await type(session, keys);
    expect(said(backend)).toEqual(saved);
    expect(session.state.at).toBe(at);
    expect(session.state.pending).toBe(at === null ? 'nothing' : 'form');
  });
});

test('Ctrl+Enter saves from any question when nothing is missing, and else shows what is', async () => {
  const backend = new TestBackend(9);
  const session = await started(backend, ULTRAFEEDBACK);
  const save = () => session.press(keyPress('Enter', { ctrl: true }), 'page');
  await type(session, '1 4');
  save();
  await type(session, 'x');
  expect(session.state).toMatchObject({ at: 'rating:honest:1', pending: 'form' });
  expect(session.state.notice).not.toBeNull();
  await type(session, '3');
  save();
  await type(session, 'x');
  expect(said(backend)).toEqual(['i1-l honest:4,3']);
});

test('a required reason comes last and takes the keys that follow', async () => {
  const backend = new TestBackend(9);
  const session = await started(backend, { confidence: 'required', rationale: 'required' });
  const before = session.state.reasonFocus;
  await type(session, '1 4');
  expect(session.state).toMatchObject({ at: 'rationale', reasonFocus: before + 1 });
  session.write('clear');
  session.press(keyPress('Enter', { ctrl: true }), 'rationale');
  await type(session, 'x');
  expect(backend.judgments[0]).toMatchObject({ rationale: 'clear', confidence: 1 });
});

test('a reason written before is not asked for again', async () => {
  const backend = new TestBackend(9);
  const session = await started(backend, { confidence: 'required', rationale: 'required' });
  session.write('clear');
  await type(session, '1 4');
  expect(backend.judgments[0]).toMatchObject({ rationale: 'clear', confidence: 1 });
});

describe('clicks', () => {
  const fill = (question: string, value: number) => ({ do: 'fill', question, value }) as const;

  test('answer any question, before the choice too; nothing is saved by them', async () => {
    const backend = new TestBackend(9);
    const session = await started(backend, { ...MULTIPREF, strength: 'optional' });
    for (const [question, value] of [
      ['aspect:true', 0],
      ['aspect:helpful', 2],
      ['reasons:helpful', 1],
      ['confidence', 2],
    ] as const) {
      session.click(fill(question, value));
    }
    session.click({ do: 'choose', answer: 'left' });
    await type(session, 'x');
    expect(session.state).toMatchObject({ pending: 'form', at: 'strength' });
    session.click({ do: 'confirm', all: true });
    await type(session, 'x');
    expect(said(backend)).toEqual(['i1-l true:tie helpful:i1-r[clear] sure:0.67']);
  });

  test('the given answer clicked again is taken back', async () => {
    const backend = new TestBackend(9);
    const session = await started(backend, { confidence: 'required' });
    session.click(fill('confidence', 1));
    session.click(fill('confidence', 1));
    session.click({ do: 'choose', answer: 'left' });
    session.click({ do: 'confirm', all: true });
    await type(session, 'x');
    expect(backend.judgments).toEqual([]);
    expect(session.state.at).toBe('confidence');
  });

  test('reasons wait for an answer to their aspect', async () => {
    const backend = new TestBackend(9);
    const session = await started(backend, MULTIPREF);
    session.click(fill('reasons:helpful', 1));
    await type(session, 'x');
    expect(session.state.details.aspects).toEqual([]);
  });
});

test('undo brings every answer back; Enter steps through them, Ctrl+Enter keeps them', async () => {
  const backend = new TestBackend(9);
  const session = await started(backend, MULTIPREF);
  await type(session, '1 2 1 1 Enter 2 Enter 4');
  const [first] = said(backend);
  await type(session, 'u Enter');
  expect(said(backend)).toEqual([first]);
  await type(session, 'u 1');
  expect(session.state).toMatchObject({ pending: 'form', at: 'strength', strength: 2 });
  await type(session, 'Enter Enter Enter 0 1');
  expect(said(backend)).toEqual(['i1-l strength:2 helpful:i1-l[complete] true:tie sure:0.00']);
});

describe('rankings', () => {
  it.each<[string, Partial<Asked>, string, string[], string]>([
    ['an order', {}, '3 1 2 Enter', ['i1-3>i1-1>i1-2'], ''],
    ['ties as tiers', {}, '3 1 = 2 Enter', ['i1-3>i1-1=i1-2'], ''],
    ['two are enough', {}, '2 4 Enter', ['i1-2>i1-4'], ''],
    ['one is not', {}, '2 Enter', [], '2'],
    ['taken out, placed anew', {}, '2 4 Backspace 1', [], '2>1'],
    ['placed again goes to the end', {}, '2 4 2', [], '4>2'],
    ['undo takes the last one out', {}, '2 4 u', [], '2'],
    ['none is good', {}, 'b', ['both_bad'], ''],
    ['no tie, no left and right', {}, '0 9', [], ''],
    ['with a form', { confidence: 'required' }, '1 2 Enter 3', ['i1-1>i1-2 sure:0.67'], ''],
    ['all in one place', {}, '1 = 2 Enter', ['i1-1=i1-2'], ''],
    ['all in one place, where the study has no ties', { tie: false }, '1 = 2 Enter', [], '1=2'],
    ['a tie not followed by a number', {}, '1 = = 2', [], '1>2'],
  ])('%s', async (_, asked, keys, saved, tiers) => {
    const backend = ranked(4);
    const session = await started(backend, asked);
    await type(session, keys);
    expect(said(backend)).toEqual(saved);
    const shown = session.state.tiers.map((tier) => tier.map((id) => id.slice(3)).join('='));
    expect(shown.join('>')).toBe(tiers);
  });

  test('Shift and a digit shares the place; 0 is the tenth', async () => {
    const session = await started(ranked(10), {});
    await type(session, '5 0');
    session.press(keyPress('!', { code: 'Digit1', shift: true }), 'page');
    await type(session, 'x');
    expect(session.state.tiers).toEqual([['i1-5'], ['i1-10', 'i1-1']]);
  });

  test('a click puts a candidate in the next place, or takes it out', async () => {
    const session = await started(ranked(3), {});
    for (const n of [2, 3, 1, 3]) session.click({ do: 'prefer', candidate: `i1-${n}` });
    await type(session, 'x');
    expect(session.state.tiers).toEqual([['i1-2'], ['i1-1']]);
  });

  test('undo brings the order back, and Enter keeps it', async () => {
    const backend = ranked(3);
    const session = await started(backend, {});
    await type(session, '2 = 1 3 Enter u');
    expect(session.state).toMatchObject({
      pending: 'earlier',
      tiers: [['i1-2', 'i1-1'], ['i1-3']],
    });
    await type(session, 'Enter');
    expect(said(backend)).toEqual(['i1-2=i1-1>i1-3']);
  });

  it.each([
    ['taken out one by one', 'Backspace Backspace Backspace'],
    ['undone one by one and one placed again', 'Backspace Backspace Backspace 3'],
  ])('an order brought back and %s is not saved', async (_, keys) => {
    const backend = ranked(3);
    const session = await started(backend, {});
    await type(session, `2 1 3 Enter u ${keys} Enter`);
    expect(backend.judgments).toEqual([]);
    expect(session.state.notice).toBe(i18n.t.annotate.placeTwo);
    await type(session, '1 2 Enter');
    expect(backend.judgments).toHaveLength(1);
  });

  test('undo brings "none is good" back, and Enter keeps it', async () => {
    const backend = ranked(3);
    const session = await started(backend, {});
    await type(session, 'b u Enter');
    expect(said(backend)).toEqual(['both_bad']);
  });
});

test('tie and both bad are answers only where the study has them', async () => {
  const backend = new TestBackend(3);
  const session = await started(backend, { tie: false, both_bad: false });
  for (const key of ['0', 'b']) {
    await type(session, key);
    expect(session.state.notice).not.toBeNull();
  }
  expect(backend.judgments).toEqual([]);
});

test('what was begun is there again in the next sitting', async () => {
  const drafts = new Map();
  const asked = { ...MULTIPREF, highlights: 'optional' } as const;
  const before = await started(new TestBackend(3), asked, { drafts });
  before.click({ do: 'fill', question: 'aspect:true', value: 2 });
  await type(before, 'x');
  before.mark([{ candidate: 'i1-l', turn: 0, start: 0, end: 4, good: true, reason: null }]);
  before.keepDraft();
  const after = await started(new TestBackend(3), asked, { drafts });
  expect(after.state.details).toEqual(before.state.details);
  await type(after, 's s');
  expect(drafts.size).toBe(0);
});

test('an untouched comparison leaves no draft', async () => {
  const drafts = new Map();
  const session = await started(new TestBackend(3), MULTIPREF, { drafts });
  session.keepDraft();
  expect(drafts.size).toBe(0);
});
