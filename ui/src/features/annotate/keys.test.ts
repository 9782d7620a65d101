import { describe, expect, it, test } from 'vitest';

import {
  actionFor as meaning,
  PLAIN,
  type Action,
  type Focus,
  type KeyContext,
  type KeyPress,
  type Pending,
} from './keys';

/** What a key does between two texts, unless told otherwise. */
const actionFor = (
  pressed: KeyPress,
  focus: Focus,
  pending: Pending,
  context: Partial<KeyContext> = {},
) => meaning(pressed, focus, { ...PLAIN, pending, ...context });

const PENDING: Pending[] = ['nothing', 'strength', 'reason', 'skip', 'retry', 'earlier'];

/** `1`, `Ctrl+z`, `Shift+?`, `repeat 1`. */
function press(text: string): KeyPress {
  const repeat = text.startsWith('repeat ');
  const parts = text.replace('repeat ', '').split('+');
  const key = parts.pop() ?? '';
  return {
    key,
    code: '',
    ctrl: parts.includes('Ctrl'),
    alt: parts.includes('Alt'),
    meta: parts.includes('Meta'),
    shift: parts.includes('Shift'),
    repeat,
    composing: false,
  };
}

const LEFT: Action = { do: 'choose', answer: 'left' };
const RIGHT: Action = { do: 'choose', answer: 'right' };
const TIE: Action = { do: 'choose', answer: 'tie' };
const BAD: Action = { do: 'choose', answer: 'both_bad' };

describe('keys and what is pending', () => {
  const table: [string, Partial<Record<Pending, Action | null>> & { otherwise: Action | null }][] =
    [
      ['1', { strength: strength(1), skip: skip('not_qualified'), otherwise: LEFT }],
      ['2', { strength: strength(2), skip: skip('broken'), otherwise: RIGHT }],
      ['3', { strength: strength(3), skip: skip('unwanted'), otherwise: null }],
      ['0', { strength: strength(0), skip: null, otherwise: TIE }],
      ['4', { otherwise: null }],
      ['b', { skip: null, otherwise: BAD }],
      ['Shift+B', { skip: null, otherwise: BAD }],
      ['s', { skip: skip('unstated'), otherwise: skip(null) }],
      ['ArrowLeft', { strength: LEFT, reason: LEFT, otherwise: null }],
      ['ArrowRight', { strength: RIGHT, reason: RIGHT, otherwise: null }],
      ['u', { otherwise: { do: 'undo' } }],
      ['Ctrl+z', { otherwise: { do: 'undo' } }],
      ['Meta+z', { otherwise: { do: 'undo' } }],
      ['Enter', { otherwise: { do: 'confirm' } }],
      ['Escape', { otherwise: { do: 'cancel' } }],
      ['r', { otherwise: { do: 'write-reason' } }],
      ['Shift+?', { otherwise: { do: 'help' } }],
      ['g', { otherwise: { do: 'guidelines' } }],
      ['d', { otherwise: { do: 'theme' } }],
      ['m', { otherwise: { do: 'raw' } }],
      ['j', { otherwise: { do: 'scroll', by: 'line', direction: 1 } }],
      ['ArrowUp', { otherwise: { do: 'scroll', by: 'line', direction: -1 } }],
      ['PageDown', { otherwise: { do: 'scroll', by: 'page', direction: 1 } }],
      ['x', { otherwise: null }],
      ['Tab', { otherwise: null }],
    ];

  it.each(table)('%s', (key, expected) => {
    for (const pending of PENDING) {
      const action = pending in expected ? expected[pending] : expected.otherwise;
      expect(actionFor(press(key), 'page', pending), pending).toEqual(action);
    }
  });
});

const ALL_KEYS = ['0', '1', '2', '3', 'b', 's', 'u', 'r', 'g', 'd', 'm', 'j', 'k', '?', 'Enter'];

describe('no hotkeys while typing', () => {
  it.each(['rationale', 'field'] as Focus[])('in a %s', (focus) => {
    for (const key of [...ALL_KEYS, 'Ctrl+z', 'Meta+z', 'ArrowLeft', 'PageDown']) {
      for (const pending of PENDING) expect(actionFor(press(key), focus, pending), key).toBeNull();
    }
    expect(actionFor(press('Escape'), focus, 'strength')).toEqual({ do: 'leave-field' });
  });

  test('Ctrl+Enter confirms from the reason, and from no other field', () => {
    expect(actionFor(press('Ctrl+Enter'), 'rationale', 'reason')).toEqual({
      do: 'confirm',
      all: true,
    });
    expect(actionFor(press('Ctrl+Enter'), 'field', 'reason')).toBeNull();
  });

  test('a key of an input method composition does nothing', () => {
    expect(actionFor({ ...press('1'), composing: true }, 'page', 'nothing')).toBeNull();
  });
});

test.each(['Ctrl', 'Alt', 'Meta', 'Ctrl+Alt'])('no hotkeys with %s held', (modifier) => {
  for (const key of ALL_KEYS) {
    expect(actionFor(press(`${modifier}+${key}`), 'page', 'nothing'), key).toBeNull();
  }
  expect(actionFor(press('Ctrl+Shift+z'), 'page', 'nothing')).toBeNull();
});

test('a held key does nothing, except scroll', () => {
  for (const key of [...ALL_KEYS, 'Escape', 'Ctrl+z', 'ArrowLeft']) {
    const action = actionFor(press(`repeat ${key}`), 'page', 'strength');
    expect(action?.do ?? 'scroll', key).toBe('scroll');
  }
});

describe('controls keep the keys that work them', () => {
  it.each<[Focus, string, Action | null]>([
    ['button', 'Enter', null],
    ['button', ' ', null],
    ['button', '1', LEFT],
    ['slider', 'ArrowLeft', null],
    ['slider', 'ArrowUp', null],
    ['slider', 'Home', null],
    ['slider', 'PageUp', null],
    ['slider', 'Enter', { do: 'confirm' }],
  ])('%s: %s', (focus, key, expected) => {
    expect(actionFor(press(key), focus, 'nothing')).toEqual(expected);
  });
});

test('the digit row works where it types other signs without Shift', () => {
  const azerty = { ...press('&'), code: 'Digit1' };
  expect(actionFor(azerty, 'page', 'nothing')).toEqual(LEFT);
  expect(actionFor({ ...press('Shift+!'), code: 'Digit1' }, 'page', 'nothing')).toBeNull();
});

function strength(value: number): Action {
  return { do: 'strength', value };
}

function skip(reason: 'unstated' | 'not_qualified' | 'broken' | 'unwanted' | null): Action {
  return { do: 'skip', reason };
}
