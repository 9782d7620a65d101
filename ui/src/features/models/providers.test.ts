import { describe, expect, test } from 'vitest';

import { draftOf, orderOf, same, shifted, toggled } from './providers';

const KNOWN = ['cuda', 'directml', 'coreml', 'cpu'];

describe('what was kept is what the form begins with', () => {
  test.each([
    [['auto'], true, KNOWN, KNOWN],
    [[], true, KNOWN, KNOWN],
    [['cuda', 'cpu'], false, ['cuda', 'cpu', 'directml', 'coreml'], ['cuda', 'cpu']],
    [['coreml'], false, ['coreml', 'cuda', 'directml', 'cpu'], ['coreml', 'cpu']],
    [['rocm', 'cpu'], false, ['cpu', 'cuda', 'directml', 'coreml'], ['cpu']],
  ])('%j', (order, auto, names, tried) => {
    const draft = draftOf(order, KNOWN);
    expect(draft.auto).toBe(auto);
    expect(draft.names).toEqual(names);
    expect(draft.names.filter((name) => draft.tried.has(name))).toEqual(tried);
  });
});

test.each([[['auto']], [['cuda', 'cpu']], [['cpu', 'cuda']], [['coreml', 'directml', 'cpu']]])(
  '%j comes back as it was',
  (order) => expect(orderOf(draftOf(order, KNOWN))).toEqual(order),
);

test('the processor is always tried', () => {
  const draft = draftOf(['cuda', 'cpu'], KNOWN);
  expect(toggled(draft, 'cpu')).toBe(draft);
  expect(orderOf(toggled(draft, 'cuda'))).toEqual(['cpu']);
  expect(orderOf(toggled(toggled(draft, 'cuda'), 'cuda'))).toEqual(['cuda', 'cpu']);
});

test.each([
  ['cuda', 1, ['directml', 'cuda', 'coreml', 'cpu']],
  ['cuda', -1, KNOWN],
  ['cpu', -1, ['cuda', 'directml', 'cpu', 'coreml']],
  ['cpu', 1, KNOWN],
])('%s by %d', (name, by, names) =>
  expect(shifted(draftOf(KNOWN, KNOWN), name, by).names).toEqual(names),
);

test.each([
  [['cpu'], ['cpu'], true],
  [['cpu'], ['cuda', 'cpu'], false],
  [['cuda', 'cpu'], ['cpu', 'cuda'], false],
])('%j and %j', (one, other, expected) => expect(same(one, other)).toBe(expected));
