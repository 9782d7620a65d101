import { describe, expect, test } from 'vitest';

import type { CandidateView, HighlightView } from '../../ipc/bindings';
import { excerptOf, marksIn, passagesOf } from './passages';

function candidate(texts: string[], steps: string[] | null = null): CandidateView {
  const turns = texts.map((text) => ({ role: 'assistant', text }));
  return { id: 'a', turns, media: null, steps, system: null };
}

const highlight = (turn: number, start: number, end: number): HighlightView => ({
  ...{ candidate: 'a', turn, start, end, good: true, reason: null },
});

describe('steps are parts of turns', () => {
  test('where each begins', () => {
    const steps = ['1. one', 'again', 'again'];
    const found = passagesOf(candidate(['1. one\n\nagain\n\nagain'], steps));
    expect(found.map(({ turn, start }) => [turn, start])).toEqual([[0, 0], [0, 8], [0, 15]]);
  });

  test('in several turns', () => {
    const found = passagesOf(candidate(['one\n\ntwo', 'three'], ['one', 'two', 'three']));
    expect(found.map(({ turn, start }) => [turn, start])).toEqual([[0, 0], [0, 5], [1, 0]]);
  });

  test('a step that no turn contains has no place', () => {
    const found = passagesOf(candidate(['one'], ['one', 'other']));
    expect(found.map(({ turn }) => turn)).toEqual([0, null]);
  });
});

test('a highlight falls into the steps that it covers', () => {
  const shown = candidate(['😀 one\n\ntwo'], ['😀 one', 'two']);
  const places = passagesOf(shown).map((passage) =>
    marksIn(passage, shown, [highlight(0, 2, 9)], () => '').map(({ start, end }) => [start, end]),
  );
  expect(places).toEqual([[[3, 6]], [[0, 2]]]);
});

test('highlights of other turns and candidates are not drawn', () => {
  const shown = candidate(['one', 'two']);
  const all = [highlight(1, 0, 2), { ...highlight(0, 0, 2), candidate: 'b' }];
  const marks = passagesOf(shown).map((passage) => marksIn(passage, shown, all, () => ''));
  expect(marks.map((one) => one.map(({ key }) => key))).toEqual([[], [0]]);
});

test('an excerpt counts characters', () => {
  expect(excerptOf(candidate(['😀 one two']), highlight(0, 2, 5))).toBe('one');
});
