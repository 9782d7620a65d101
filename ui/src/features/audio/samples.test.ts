import { describe, expect, it } from 'vitest';

import { fakePeaks, fakeSamples } from '../../ipc/fake-media';
import { columns, decodePeaks } from './peaks';
import { decodeSamples } from './samples';

/** A message of two channels with three frames each. */
function message(change: (view: DataView) => void = () => {}, cut = 0): ArrayBuffer {
  const buffer = new ArrayBuffer(20 + 24);
  const view = new DataView(buffer);
  [...'TBPC'].forEach((letter, n) => view.setUint8(n, letter.charCodeAt(0)));
  [1, 44_100, 2, 3].forEach((value, n) => view.setUint32(4 + n * 4, value, true));
  [1, 2, 3, -1, -2, -3].forEach((value, n) => view.setFloat32(20 + n * 4, value, true));
  change(view);
  return buffer.slice(0, buffer.byteLength - cut);
}

describe('samples', () => {
  it('come channel by channel', () => {
    const { rate, channels } = decodeSamples(message());
    expect(rate).toBe(44_100);
    expect(channels.map((channel) => [...channel])).toEqual([
      [1, 2, 3],
      [-1, -2, -3],
    ]);
  });

  it('are read as the page’s own stand-in writes them', () => {
    const { rate, channels } = decodeSamples(fakeSamples(440, 0.5));
    expect(rate).toBe(22_050);
    expect(channels[0]).toHaveLength(11_025);
  });

  it.each<[string, ArrayBuffer]>([
    ['nothing', new ArrayBuffer(0)],
    ['other letters', message((view) => view.setUint8(3, 75))],
    ['a later version', message((view) => view.setUint32(4, 2, true))],
    ['no rate', message((view) => view.setUint32(8, 0, true))],
    ['no channels', message((view) => view.setUint32(12, 0, true))],
    ['cut off', message(undefined, 4)],
  ])('%s is refused', (_, buffer) => {
    expect(() => decodeSamples(buffer)).toThrow('samples');
  });
});

function peaksMessage(pairs: [number, number][]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(24 + pairs.length * 4));
  [...'TBPK'].forEach((letter, n) => view.setUint8(n, letter.charCodeAt(0)));
  [1, 44_100, pairs.length, 600, 0].forEach((word, n) => view.setUint32(4 + n * 4, word, true));
  // Full scale is 127 in these tests, 32767 in the message.
  const wide = (bound: number) => Math.round((bound * 32_767) / 127);
  pairs.flat().forEach((bound, n) => view.setInt16(24 + n * 2, wide(bound), true));
  return view.buffer;
}

describe('peaks', () => {
  it('come bucket by bucket', () => {
    const { low, high } = decodePeaks(
      peaksMessage([
        [-127, 127],
        [-5, 20],
      ]),
    );
    expect([...low].map((one) => Math.round(one * 127))).toEqual([-127, -5]);
    expect([...high].map((one) => Math.round(one * 127))).toEqual([127, 20]);
    expect(decodePeaks(fakePeaks(400)).low).toHaveLength(400);
  });

  it.each([
    ['samples', message()],
    ['cut off', peaksMessage([[0, 1]]).slice(0, 25)],
  ])('%s are refused', (_, buffer) => {
    expect(() => decodePeaks(buffer)).toThrow('waveform');
  });

  const peaks = decodePeaks(
    peaksMessage([
      [-127, 0],
      [0, 127],
      [0, 0],
      [-64, 64],
    ]),
  );
  it.each([
    [
      'a column a bucket',
      4,
      1,
      [
        [-1, 0],
        [0, 1],
        [0, 0],
        [-0.5, 0.5],
      ],
    ],
    [
      'fewer columns keep every peak',
      2,
      1,
      [
        [-1, 1],
        [-0.5, 0.5],
      ],
    ],
    [
      'more columns repeat',
      8,
      1,
      [
        [-1, 0],
        [-1, 0],
        [0, 1],
        [0, 1],
        [0, 0],
        [0, 0],
        [-0.5, 0.5],
        [-0.5, 0.5],
      ],
    ],
    [
      'a column across two buckets has both',
      3,
      1,
      [
        [-1, 1],
        [0, 1],
        [-0.5, 0.5],
      ],
    ],
    [
      'as loud as played',
      4,
      0.5,
      [
        [-0.5, 0],
        [0, 0.5],
        [0, 0],
        [-0.25, 0.25],
      ],
    ],
    [
      'never beyond the edge',
      2,
      4,
      [
        [-1, 1],
        [-1, 1],
      ],
    ],
  ])('%s', (_, count, gain, expected) => {
    const found = columns(peaks, count, gain).map(({ low, high }) => [
      Math.round(low * 20) / 20 + 0,
      Math.round(high * 20) / 20 + 0,
    ]);
    expect(found).toEqual(expected);
  });
});
