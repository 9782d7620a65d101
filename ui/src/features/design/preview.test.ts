import { expect, test } from 'vitest';

import { DEFAULTS, fakeSettings, type FakeOptions } from '../../ipc/fake-settings';
import { keyPress, settle, started, TestBackend } from '../annotate/testing';
import { openQuestion } from '../annotate/session-state';
import { askedOf, keystrokesOf } from './preview';

const DESIGNS: [string, Partial<FakeOptions>, string, number, number, boolean][] = [
  ['an answer alone', {}, 'answer', 1, 1, false],
  ['a required strength', { strength: 'required' }, 'answer strength', 2, 2, false],
  ['a strength that Enter passes', { strength: 'optional' }, 'answer strength', 2, 2, false],
  ['a required reason', { rationale: 'required' }, 'answer rationale', 2, 2, true],
  ['a reason that may be left out', { rationale: 'optional' }, 'answer rationale', 1, 3, true],
  ['strength and confidence, saved by Ctrl+Enter', { strength: 'optional', confidence: 'optional' }, 'answer strength confidence', 2, 3, false],
  ['a required confidence behind a strength', { strength: 'optional', confidence: 'required' }, 'answer strength confidence', 3, 3, false],
  ['aspects of two ratings each', { aspects: 'rating' }, 'answer aspect aspect aspect aspect', 9, 9, false],
  ['aspects with reasons', { aspects: 'preference' }, 'answer aspect aspect aspect', 7, 10, false],
  ['aspects that may be left out', { aspects: 'preference', aspectsAsk: 'optional' }, 'answer aspect aspect aspect', 2, 10, false],
  ['aspects that are off', { aspects: 'preference', aspectsAsk: 'off' }, 'answer', 1, 1, false],
  ['reasons before one in words', { rationale: 'required', reasons: true }, 'answer reasons rationale', 3, 4, true],
  ['steps and highlights', { steps: 'required', highlights: 'optional' }, 'answer highlights steps', 1, 1, true],
];

test.each(DESIGNS)('%s', (_, options, parts, fewest, all, more) => {
  const asked = askedOf(fakeSettings({ ...DEFAULTS, ...options }));
  expect(asked.map((one) => one.part).join(' ')).toBe(parts);
  expect(keystrokesOf(asked)).toEqual({ fewest, all, more });
});

/** Annotates one comparison, and says what is open and whether it is saved. */
async function sitting(options: Partial<FakeOptions>) {
  const asked = { ...fakeSettings({ ...DEFAULTS, ...options }), highlights: 'off', steps: 'off' } as const;
  const backend = new TestBackend(3);
  const session = await started(backend, asked);
  return {
    saved: () => backend.judgments.length > 0,
    /** The question that waits: strength and reason may be asked for without a form. */
    open: () => {
      const { pending } = session.state;
      if (pending === 'strength' || pending === 'reason') return { kind: pending, required: true };
      return openQuestion(session.state, asked);
    },
    press: async (keys: string) => {
      const ctrl = keys.startsWith('Ctrl+');
      const question = openQuestion(session.state, asked)?.kind ?? session.state.pending;
      const writes = question === 'rationale' || question === 'reason';
      if (writes) session.write('because');
      const key = keys.replace('Ctrl+', '');
      session.press(keyPress(key, { ctrl }), writes ? 'rationale' : 'page');
      await settle();
    },
  };
}

type Sitting = Awaited<ReturnType<typeof sitting>>;

async function replay(options: Partial<FakeOptions>, keys: string[]): Promise<Sitting> {
  const screen = await sitting(options);
  for (const key of keys) await screen.press(key);
  return screen;
}

const isWritten = (kind: string | undefined) => kind === 'rationale' || kind === 'reason';

test.each(DESIGNS)('the fewest keys really save: %s', async (_, options, __, fewest) => {
  const keys = ['1'];
  while (keys.length < 20) {
    const screen = await replay(options, keys);
    if (screen.saved()) break;
    const open = screen.open();
    if ((await replay(options, [...keys, 'Ctrl+Enter'])).saved()) keys.push('Ctrl+Enter');
    else keys.push(open?.required ? '1' : 'Enter');
  }
  expect(keys, keys.join(' ')).toHaveLength(fewest);
});

test.each(DESIGNS.filter(([, { rationale }]) => rationale !== 'optional'))(
  'every question answered, and saved: %s',
  async (_, options, __, ___, all) => {
    const screen = await sitting(options);
    const keys = ['1'];
    await screen.press('1');
    while (!screen.saved() && keys.length < 20) {
      const kind = screen.open()?.kind;
      const ticks = kind === 'reasons' || kind === 'aspect-reasons';
      const wanted = isWritten(kind) ? ['Ctrl+Enter'] : ticks ? ['1', 'Enter'] : ['1'];
      for (const key of wanted) await screen.press(key);
      keys.push(...wanted);
    }
    expect(keys, keys.join(' ')).toHaveLength(all);
  },
);
