import { expect, test } from 'vitest';

import type { AspectSetting, StudySettings } from '../../ipc/bindings';
import { DEFAULTS, fakeSettings } from '../../ipc/fake-settings';
import { lessComparable, type Change } from './comparable';

const before = fakeSettings({ ...DEFAULTS, aspects: 'preference' });
const [first, second, third] = before.aspects as [AspectSetting, AspectSetting, AspectSetting];

test.each<[string, Partial<StudySettings>, Change[]]>([
  ['nothing', {}, []],
  ['guidelines and a budget', { guidelines: 'new', budget: '50%' }, []],
  ['a dwell time and a break', { min_dwell_s: 5, break_after_min: 30 }, []],
  ['the order of aspects', { aspects: [third, second, first] }, []],
  ['the words of an aspect', { aspects: [{ ...first, name: 'Of help' }, second, third] }, []],
  ['the question', { question: 'Which?' }, [{ kind: 'question' }]],
  ['a tie', { tie: false }, [{ kind: 'answers' }]],
  ['strength', { strength: 'optional' }, [{ kind: 'strength' }]],
  ['an overlap', { overlap: 3 }, [{ kind: 'overlap', from: 1, to: 3 }]],
  ['an aspect less', { aspects: [first, second] }, [{ kind: 'aspectRemoved', name: 'Harmless' }]],
  [
    'an aspect that is off',
    { aspects: [first, second, { ...third, ask: 'off' }] },
    [{ kind: 'aspectRemoved', name: 'Harmless' }],
  ],
  [
    'another id',
    { aspects: [{ ...first, id: 'help' }, second, third] },
    [
      { kind: 'aspectAdded', name: 'Helpful' },
      { kind: 'aspectRemoved', name: 'Helpful' },
    ],
  ],
  [
    'another scale',
    { aspects: [{ ...first, scale: 'rating' }, second, third] },
    [{ kind: 'aspectScale', name: 'Helpful' }],
  ],
  [
    'an aspect that may be left out',
    { aspects: [{ ...first, ask: 'optional' }, second, third] },
    [{ kind: 'aspectAsk', name: 'Helpful' }],
  ],
])('less comparable by %s', (_, change, expected) =>
  expect(lessComparable(before, { ...before, ...change })).toEqual(expected),
);
