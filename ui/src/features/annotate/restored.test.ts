import { describe, expect, it, test } from 'vitest';

import type { AspectSetting, AspectView, JudgmentInput } from '../../ipc/bindings';
import type { Details } from './answers';
import type { Asked } from './form';
import { Session } from './session';
import type { Draft } from './session-state';
import { ASKED, comparison, settle, started, TestBackend, type } from './testing';

const setting = (change: Partial<AspectSetting> = {}): AspectSetting => ({
  id: 'helpful',
  name: 'Helpful',
  description: '',
  scale: 'preference',
  ask: 'optional',
  reasons: ['clear', 'short'],
  ...change,
});

const ASPECT: AspectView = {
  aspect: 'helpful',
  answer: { kind: 'preferred', candidate: 'i1-l' },
  reasons: ['clear', 'short'],
};
const DETAILS: Details = {
  confidence: 1,
  reason_tags: ['a', 'b'],
  aspects: [ASPECT],
  highlights: [{ candidate: 'i1-l', turn: 0, start: 0, end: 4, good: true, reason: null }],
  steps: [{ candidate: 'i1-l', first_wrong: null }],
};
const FULL: Asked = {
  ...ASKED,
  strength: 'optional',
  confidence: 'optional',
  rationale: 'optional',
  reason_tags: ['a', 'b'],
  aspects: [setting()],
  highlights: 'optional',
  steps: 'optional',
};

/** An answer with everything, taken back when the study asks for something else. */
async function takenBack(
  asked: Partial<Asked>,
  change: Partial<JudgmentInput> = {},
  modality = 'text',
) {
  const backend = new TestBackend(3, (n) => ({ ...comparison(n), modality }));
  backend.judgments.push({
    item: 'i1',
    answer: { kind: 'preferred', candidate: 'i1-l' },
    strength: 2,
    rationale: 'because',
    ...DETAILS,
    listening: [],
    shown_at: null,
    active_ms: null,
    ...change,
  });
  const session = await started(backend, { ...FULL, ...asked });
  await type(session, 'u');
  return { backend, session };
}

describe('what comes back is what the study still asks for', () => {
  it.each<[string, Partial<Asked>, Partial<Details>]>([
    ['all of it', {}, {}],
    ['a reason less', { reason_tags: ['b', 'c'] }, { reason_tags: ['b'] }],
    ['no reasons', { reason_tags: [] }, { reason_tags: [] }],
    ['no confidence', { confidence: 'off' }, { confidence: null }],
    ['no marks', { highlights: 'off' }, { highlights: [] }],
    ['no steps', { steps: 'off' }, { steps: [] }],
    ['no aspects', { aspects: [] }, { aspects: [] }],
    ['another aspect', { aspects: [setting({ id: 'true' })] }, { aspects: [] }],
    ['an aspect off', { aspects: [setting({ ask: 'off' })] }, { aspects: [] }],
    ['an aspect of another scale', { aspects: [setting({ scale: 'rating' })] }, { aspects: [] }],
    [
      'a reason of an aspect less',
      { aspects: [setting({ reasons: ['short'] })] },
      { aspects: [{ ...ASPECT, reasons: ['short'] }] },
    ],
  ])('%s', async (_, asked, left) => {
    const { session } = await takenBack(asked);
    expect(session.state.details).toEqual({ ...DETAILS, ...left });
  });

  it('ratings, where the aspect is now a preference', async () => {
    const ratings: AspectView = { ...ASPECT, answer: { kind: 'ratings', ratings: [['i1-l', 3]] } };
    const { session } = await takenBack({}, { aspects: [ratings] });
    expect(session.state.details.aspects).toEqual([]);
  });

  it.each(['image', 'music'])('no marks beside %s', async (modality) => {
    const { session } = await takenBack({}, {}, modality);
    expect(session.state.details).toMatchObject({ highlights: [], steps: [], confidence: 1 });
  });

  it('neither reason in words nor strength, and Enter saves without them', async () => {
    const asked = { ...ASKED };
    const { backend, session } = await takenBack(asked);
    expect(session.state.rationale).toBe('');
    await type(session, 'Enter');
    expect(backend.judgments).toMatchObject([
      { answer: { candidate: 'i1-l' }, strength: null, rationale: null, aspects: [] },
    ]);
  });

  it.each(['tie', 'both_bad'] as const)('no %s, where there is none any more', async (kind) => {
    const { backend, session } = await takenBack(
      { [kind]: false },
      { answer: { kind }, strength: null },
    );
    await type(session, 'Enter');
    expect(backend.judgments).toEqual([]);
    expect(session.state.notice).not.toBeNull();
  });

  it('of a draft, too', async () => {
    const draft: Draft = { rationale: 'half', details: DETAILS, tiers: [] };
    const asked: Asked = { ...FULL, reason_tags: ['a'], aspects: [] };
    const session = new Session(new TestBackend(3), 'ada', asked, {
      drafts: new Map([['i1', draft]]),
    });
    await session.start();
    await settle();
    expect(session.state.details).toEqual({ ...DETAILS, reason_tags: ['a'], aspects: [] });
    expect(session.state.rationale).toBe('half');
  });
});

test('an answer that came back untouched leaves no draft', async () => {
  const drafts = new Map<string, Draft>();
  const backend = new TestBackend(3);
  const session = await started(backend, { rationale: 'optional' }, { drafts });
  session.write('because');
  await type(session, '1 u');
  session.keepDraft();
  expect(drafts.size).toBe(0);
  session.write('because of that');
  session.keepDraft();
  expect(drafts.get('i1')?.rationale).toBe('because of that');
});

test('a skip says nothing of what was begun', async () => {
  const { backend, session } = await takenBack({});
  await type(session, 's 1');
  expect(backend.judgments).toMatchObject([
    {
      answer: { kind: 'skipped' },
      strength: null,
      confidence: null,
      reason_tags: [],
      aspects: [],
      highlights: [],
      steps: [],
    },
  ]);
});
