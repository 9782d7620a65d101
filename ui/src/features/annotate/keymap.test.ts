import { beforeEach, describe, expect, it, test } from 'vitest';

import { DEFAULTS, fakeSettings } from '../../ipc/fake-settings';
import { chordLabel, chordsOf, digitOf } from './chord';
import { COMMANDS, DEFAULT_KEYS, refusal, type Command, type Refusal } from './commands';
import { describeKeys, keymap, label } from './keymap';
import { actionFor, PLAIN, type Action, type KeyContext } from './keys';
import { keyPress } from './testing';

beforeEach(() => {
  localStorage.clear();
  keymap.reset();
});

describe('names of presses', () => {
  it.each<[Parameters<typeof keyPress>, string[]]>([
    [['b'], ['b']],
    [['B', { shift: true }], ['b']],
    [['?', { shift: true, code: 'Slash' }], ['?']],
    [
      ['!', { shift: true, code: 'Digit1' }],
      ['!', 'Shift+1'],
    ],
    [
      ['=', { shift: true, code: 'Digit0' }],
      ['=', 'Shift+0'],
    ],
    [
      ['&', { code: 'Digit1' }],
      ['&', '1'],
    ],
    [
      ['é', { code: 'Digit2' }],
      ['é', '2'],
    ],
    [[' '], ['Space']],
    [['ArrowLeft', { shift: true }], ['Shift+ArrowLeft']],
    [['x', { alt: true }], ['Alt+x']],
    [['z', { meta: true }], ['Ctrl+z']],
    [['Shift', { shift: true }], []],
    [['1', { composing: true }], []],
  ])('%j', (press, chords) => {
    expect(chordsOf(keyPress(...press))).toEqual(chords);
  });

  it.each<[Parameters<typeof keyPress>, string | null]>([
    [['7'], '7'],
    [['7', { code: 'Numpad7' }], '7'],
    [['é', { code: 'Digit2' }], '2'],
    [['à', { code: 'Digit0' }], '0'],
    [['@', { code: 'Digit2', shift: true }], null],
    [['a', { code: 'Digit1' }], null],
  ])('the digit of %j', (press, digit) => {
    expect(digitOf(keyPress(...press))).toBe(digit);
  });

  it.each([
    ['b', 'B'],
    ['Shift+ArrowLeft', 'Shift ←'],
    ['+', '+'],
    ['Ctrl++', 'Ctrl +'],
    ['\\', '\\'],
  ])('%s is printed %s', (chord, printed) => {
    expect(chordLabel(chord)).toBe(printed);
  });
});

test('no two commands that can meet have the same key at first', () => {
  for (const command of COMMANDS) {
    expect(refusal(DEFAULT_KEYS, command, DEFAULT_KEYS[command]), command).toBeNull();
  }
});

describe('what a command can have', () => {
  it.each<[Command, string, Refusal | null]>([
    ['left', 'q', null],
    ['left', 'b', { because: 'taken', by: 'both-bad' }],
    ['left', '2', { because: 'taken', by: 'right' }],
    ['left', '3', null],
    ['help', '3', { because: 'digit' }],
    ['help', 'Enter', { because: 'fixed' }],
    ['help', 'Ctrl+c', { because: 'fixed' }],
    ['undo', 'c', { because: 'taken', by: 'diff' }],
    // Texts and clips are never on the screen together.
    ['diff', 'x', null],
    ['play-pause', 'n', { because: 'taken', by: 'loudness' }],
    ['diff', 'n', { because: 'taken', by: 'steps' }],
    ['same-place', '0', { because: 'digit' }],
    // A pair is no ranking.
    ['same-place', 'Backspace', { because: 'taken', by: 'take-out' }],
    ['fit', '=', { because: 'taken', by: 'same-place' }],
  ])('%s on %s', (command, chord, expected) => {
    expect(refusal(DEFAULT_KEYS, command, chord)).toEqual(expected);
  });
});

test('keys are kept on the machine, as far as they make sense', () => {
  expect(keymap.set('left', 'q')).toBeNull();
  keymap.reload();
  expect(keymap.keys.left).toBe('q');
  localStorage.setItem('tiebreak.keys', '{"left":"b","undo":"w","nobody":"x","skip":7}');
  keymap.reload();
  expect(keymap.keys).toEqual({ ...DEFAULT_KEYS, undo: 'w' });
  localStorage.setItem('tiebreak.keys', 'no');
  keymap.reload();
  expect(keymap.keys).toEqual(DEFAULT_KEYS);
});

describe('what keys mean where', () => {
  const stage = (action: string) => ({ do: 'stage', action }) as Action;
  const keys = { ...DEFAULT_KEYS, left: 'q', right: 'w', tie: 'e' };
  it.each<[string, Parameters<typeof keyPress>, Partial<KeyContext>, Action | null]>([
    ['a text', ['c'], {}, stage('diff')],
    ['an image', ['c'], { modality: 'image' }, null],
    ['an image', ['f'], { modality: 'image' }, stage('fit')],
    ['an image', ['+', { shift: true }], { modality: 'image' }, stage('zoom-in')],
    ['an image', ['ArrowUp', { shift: true }], { modality: 'image' }, stage('pan-up')],
    ['an image', [' '], { modality: 'image' }, stage('flicker-on')],
    ['a clip', [' '], { modality: 'music' }, stage('play-pause')],
    ['a clip', ['!', { shift: true, code: 'Digit1' }], { modality: 'music' }, stage('play-left')],
    ['a clip', ['ArrowLeft'], { modality: 'music' }, stage('seek-back')],
    [
      'a clip, the strength is open',
      ['ArrowLeft'],
      { modality: 'music', pending: 'strength' },
      { do: 'choose', answer: 'left' },
    ],
    ['a held key', ['f', { repeat: true }], { modality: 'image' }, null],
    ['a held key', ['+', { repeat: true }], { modality: 'image' }, stage('zoom-in')],
    ['own keys', ['q'], { keys }, { do: 'choose', answer: 'left' }],
    ['own keys', ['1'], { keys }, null],
    [
      'own keys on an aspect',
      ['e'],
      { keys, pending: 'form', question: 'preference' },
      { do: 'digit', value: 0 },
    ],
    [
      'own keys on a rating',
      ['w'],
      { keys, pending: 'form', question: 'rating' },
      { do: 'choose', answer: 'right' },
    ],
    ['a rating', ['5'], { pending: 'form', question: 'rating' }, { do: 'digit', value: 5 }],
    ['several', ['3'], { k: 4 }, { do: 'place', index: 2, beside: false }],
    ['several', ['0'], { k: 10 }, { do: 'place', index: 9, beside: false }],
    ['several', ['5'], { k: 4 }, null],
    ['several', ['='], { k: 4 }, { do: 'same-place' }],
    ['a pair', ['='], {}, null],
    [
      'several, a German keyboard',
      ['=', { shift: true, code: 'Digit0' }],
      { k: 4 },
      { do: 'same-place' },
    ],
    ['several clips', ['#', { shift: true, code: 'Digit3' }], { k: 4, modality: 'music' }, null],
    [
      'several',
      ['#', { shift: true, code: 'Digit3' }],
      { k: 4 },
      { do: 'place', index: 2, beside: true },
    ],
  ])('%s: %j', (_, press, context, action) => {
    expect(actionFor(keyPress(...press), 'page', { ...PLAIN, ...context })).toEqual(action);
  });
});

test('the help names the keys as they are set', () => {
  keymap.set('left', 'q');
  const settings = fakeSettings({ ...DEFAULTS, aspects: 'rating', confidence: 'required' });
  const rows = (modality: string, k: number) =>
    describeKeys(settings, modality, k).flatMap((group) => group.rows);
  expect(rows('text', 2).find((one) => one.words === 'Left is better')?.keys).toEqual(['Q']);
  expect(rows('text', 4).some((one) => one.words === 'Left is better')).toBe(false);
  expect(rows('text', 2).some((one) => one.words.startsWith('Mark passages'))).toBe(false);
  expect(rows('music', 2).some((one) => one.words === 'Play or pause')).toBe(true);
  const steps = (asked: 'off' | 'optional') =>
    describeKeys(fakeSettings({ ...DEFAULTS, steps: asked }), 'text', 2)
      .flatMap((group) => group.rows)
      .filter((one) => one.words.startsWith('Steps')).length;
  expect([steps('off'), steps('optional')]).toEqual([0, 1]);
  expect(label('Space')).toBe('Space');
});
