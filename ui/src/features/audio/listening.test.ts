import { describe, expect, it } from 'vitest';

import type { ListenView } from '../../ipc/bindings';
import { ListenLog, missing, secondsHeard } from './listening';
import type { Region } from './timeline';

const CLIPS = [
  { candidate: 'a', duration: 10 },
  { candidate: 'b', duration: 4 },
];
/** The wall clock when the audio clock reads 0. */
const WALL = Date.UTC(2025, 2, 1, 9, 0, 0);

/** `time clip position`, or `time -` for silence; the log is read at the last time. */
function heard(turns: string[], until: number, loop: Region | null = null): string[] {
  const log = new ListenLog(() => CLIPS);
  for (const turn of turns) {
    const [time, clip, position] = turn.split(' ');
    const at = Number(time);
    const sound =
      clip === '-'
        ? null
        : { clip: clip === 'a' ? 0 : 1, run: { at, position: Number(position), loop } };
    log.turn(sound, at, WALL + at * 1000);
  }
  return log.spans(until).map(({ candidate, from_ms, to_ms, at }) => {
    const after = (Date.parse(at) - WALL) / 1000;
    return `${candidate} ${from_ms}-${to_ms} at ${after}`;
  });
}

describe('spans', () => {
  it.each<[string, string[], number, string[]]>([
    ['nothing was played', [], 9, []],
    ['one stretch, still going on', ['1 a 0'], 3, ['a 0-2000 at 1']],
    ['a pause closes it', ['1 a 0', '3 -'], 9, ['a 0-2000 at 1']],
    ['a switch closes it', ['0 a 0', '2 b 2'], 3, ['a 0-2000 at 0', 'b 2000-3000 at 2']],
    ['a seek closes it', ['0 a 0', '2 a 7'], 3, ['a 0-2000 at 0', 'a 7000-8000 at 2']],
    ['the clip’s own end closes it', ['0 b 3'], 9, ['b 3000-4000 at 0']],
    ['nothing is heard beyond the clip’s end', ['0 b 6', '2 a 8'], 3, ['a 8000-9000 at 2']],
    ['a slip leaves no empty span', ['1 a 0', '1.0001 b 0'], 2, ['b 0-1000 at 1']],
    ['a loop that is set on the way does not', ['0 a 0', '2 a 2'], 3, ['a 0-3000 at 0']],
    [
      'going on after a pause is another span',
      ['0 a 0', '2 -', '3 a 2'],
      4,
      ['a 0-2000 at 0', 'a 2000-3000 at 3'],
    ],
    ['a start that lies ahead is not heard yet', ['5 a 0'], 4, []],
  ])('%s', (_, turns, until, expected) => {
    expect(heard(turns, until)).toEqual(expected);
  });

  it('closes a span each time round a loop', () => {
    expect(heard(['0 a 2'], 6.5, { from: 1, to: 4 })).toEqual([
      'a 2000-4000 at 0',
      'a 1000-4000 at 2',
      'a 1000-2500 at 5',
    ]);
  });

  it('leaves out the silence after a short clip in a loop', () => {
    expect(heard(['0 b 3'], 6, { from: 3, to: 6 })).toEqual([
      'b 3000-4000 at 0',
      'b 3000-4000 at 3',
    ]);
  });

  it('does not change what was read before', () => {
    const log = new ListenLog(() => CLIPS);
    log.turn({ clip: 0, run: { at: 0, position: 0, loop: null } }, 0, WALL);
    const early = log.spans(1);
    log.turn(null, 2, WALL);
    expect(early).toHaveLength(1);
    expect(early[0]?.to_ms).toBe(1000);
    expect(log.spans(5)[0]?.to_ms).toBe(2000);
  });
});

const span = (candidate: string, from_ms: number, to_ms: number): ListenView => ({
  candidate,
  from_ms,
  to_ms,
  at: '2025-03-01T09:00:00.000Z',
});

describe('distinct seconds', () => {
  it.each<[string, ListenView[], number]>([
    ['none', [], 0],
    ['apart', [span('a', 0, 1000), span('a', 2000, 4500)], 3.5],
    ['the same twice', [span('a', 0, 2000), span('a', 0, 2000)], 2],
    ['overlapping, in any order', [span('a', 1500, 3000), span('a', 0, 2000)], 3],
    ['one inside the other', [span('a', 0, 5000), span('a', 1000, 2000)], 5],
    ['of another clip', [span('b', 0, 2000)], 0],
  ])('%s', (_, spans, seconds) => {
    expect(secondsHeard(spans, 'a')).toBe(seconds);
  });
});

describe('what is missing', () => {
  it.each<[string, ListenView[], number, Record<string, number>]>([
    ['all of the minimum at first', [], 3, { a: 3, b: 3 }],
    ['no minimum, nothing missing', [], 0, {}],
    ['the whole clip where it is shorter', [], 6, { a: 6, b: 4 }],
    ['less after listening', [span('a', 0, 2000), span('b', 0, 4000)], 6, { a: 4 }],
    [
      'hearing the same again does not help',
      [span('a', 0, 2000), span('a', 0, 2000)],
      3,
      { a: 1, b: 3 },
    ],
    ['a rounding error is forgiven', [span('a', 0, 2980), span('b', 20, 3000)], 3, {}],
  ])('%s', (_, spans, minimum, expected) => {
    const found = missing(spans, CLIPS, minimum);
    expect(Object.fromEntries(found.map((one) => [one.candidate, one.seconds]))).toEqual(expected);
  });
});
