import { describe, expect, it } from 'vitest';

import { loudness, made, noise, render, samplesOf, sine, type Made } from './testing';

/** As tiebreak-media measures a clip; one channel counts as two, for it is played on both sides. */
const measured = (clip: Made) => {
  const samples = samplesOf(clip);
  return loudness([samples, samples], clip.rate);
};

/** One loudness for all: -16 LUFS, or less where a peak would come above -1 dBTP. */
function gainsFor(clips: Made[]): number[] {
  const room = clips.map((clip) => {
    const peak = samplesOf(clip).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    return measured(clip) - 1 - 20 * Math.log10(peak);
  });
  const target = Math.min(-16, ...room);
  return clips.map((clip) => target - measured(clip));
}

describe('the measurement', () => {
  // EBU Tech 3341, test signals 1 and 2: 1 kHz, in both channels, at -23 and -33 dBFS.
  it.each([
    [-23, 48_000],
    [-33, 48_000],
    [-23, 44_100],
  ])('reads %d LUFS at %d Hz', (level, rate) => {
    const tone = made(sine(1000, 10 ** (level / 20)), { seconds: 5, rate });
    expect(measured(tone)).toBeCloseTo(level, 1);
  });
});

describe('clips 12 LU apart', () => {
  const pairs: [string, Made, Made][] = [
    [
      'noise of the same colour',
      made(noise(1, 0.4), { seconds: 3, channels: 2 }),
      made(noise(2, 0.4 * 10 ** (-12 / 20)), { seconds: 3, channels: 2 }),
    ],
    [
      'mono at 44.1 kHz beside stereo at 48 kHz',
      made(sine(440, 0.6), { seconds: 3, rate: 44_100 }),
      made(sine(440, 0.6 * 10 ** (-12 / 20)), { seconds: 3, channels: 2 }),
    ],
  ];

  it.each(pairs)('are within 0.5 LU as played: %s', async (_, loud, quiet) => {
    expect(measured(loud) - measured(quiet)).toBeCloseTo(12, 0);
    const gains = gainsFor([loud, quiet]);
    const played = async (clip: number) => {
      const { left, right } = await render([loud, quiet], 3, (player) => {
        player.setGains(gains, 0);
        player.switch(clip, 0);
        player.play(0);
      });
      return loudness([left, right], 48_000);
    };
    expect(Math.abs((await played(0)) - (await played(1)))).toBeLessThan(0.5);
  });

  it('are within 0.5 LU on both sides of a switch', async () => {
    const [, loud, quiet] = pairs[0]!;
    const { left, right } = await render([loud, quiet], 3, (player) => {
      player.setGains(gainsFor([loud, quiet]), 0);
      player.play(0);
      player.switch(1, 1.5);
    });
    const [before, after] = [
      loudness(
        [left, right].map((side) => side.slice(0, 72_000)),
        48_000,
      ),
      loudness(
        [left, right].map((side) => side.slice(72_400)),
        48_000,
      ),
    ];
    expect(Math.abs(before - after)).toBeLessThan(0.5);
  });

  it('stay apart with matching off', async () => {
    const [, loud, quiet] = pairs[0]!;
    const { left, right } = await render([loud, quiet], 3, (player) => {
      player.setGains(gainsFor([loud, quiet]), 0);
      player.setGains([0, 0], 0.5);
      player.play(0.6);
      player.switch(1, 1.8);
    });
    const part = (from: number, to: number) =>
      loudness(
        [left, right].map((side) => side.slice(from, to)),
        48_000,
      );
    expect(part(28_900, 86_000) - part(86_800, 144_000)).toBeCloseTo(12, 0);
  });
});
