import { describe, expect, it } from 'vitest';

import { FADE_S } from './fade';
import { Player } from './player';
import { FakeOutput } from './testing-output';
import { constant, made, render, samplesOf, sine, type Made } from './testing';

const RATE = 48_000;
const FADE = Math.round(FADE_S * RATE);
const frame = (seconds: number) => Math.round(seconds * RATE);

const A = made(sine(440, 0.5));
const B = made(sine(1313, 0.4));

/** The greatest difference between two signals over some frames. */
function apart(
  got: ArrayLike<number>,
  expected: (frame: number) => number,
  from: number,
  to: number,
): number {
  let most = 0;
  for (let n = from; n < to; n += 1) most = Math.max(most, Math.abs(got[n]! - expected(n)));
  return most;
}

const at = (clip: Made, offset = 0) => {
  const samples = samplesOf(clip);
  return (n: number) => samples[n + offset] ?? 0;
};

/** The greatest step between neighbours: a click is a step that neither signal makes. */
function steepest(got: ArrayLike<number>, from: number, to: number): number {
  let most = 0;
  for (let n = from + 1; n < to; n += 1) most = Math.max(most, Math.abs(got[n]! - got[n - 1]!));
  return most;
}

describe('switching', () => {
  it('is the one clip to the sample, then the other at the same place', async () => {
    const { left } = await render([A, B], 2, (player) => {
      player.play(0);
      player.switch(1, 0.75);
    });
    const t = frame(0.75);
    expect(apart(left, at(A), 0, t)).toBeLessThan(1e-4);
    expect(apart(left, at(B), t + FADE, frame(2))).toBeLessThan(1e-4);
  });

  it('goes over in a straight line, without a click', async () => {
    const { left } = await render([A, B], 2, (player) => {
      player.play(0);
      player.switch(1, 0.75);
    });
    const t = frame(0.75);
    const [a, b] = [at(A), at(B)];
    const mix = (n: number) => a(n) + ((b(n) - a(n)) * (n - t)) / FADE;
    expect(apart(left, mix, t, t + FADE)).toBeLessThan(1e-3);
    const own = Math.max(steepest(samplesOf(A), 0, RATE), steepest(samplesOf(B), 0, RATE));
    expect(steepest(left, t - 10, t + FADE + 10)).toBeLessThan(own + 0.9 / FADE);
  });

  it('keeps the level between clips that are alike', async () => {
    const { left } = await render([A, A], 2, (player) => {
      player.play(0);
      player.switch(1, 0.5);
      player.switch(0, 1.2);
    });
    expect(apart(left, at(A), 0, frame(2))).toBeLessThan(1e-4);
  });

  it('turns round in the middle of a fade without a jump', async () => {
    const [up, down] = [made(constant(0.5)), made(constant(-0.5))];
    const { left } = await render([up, down], 2, (player) => {
      player.play(0);
      player.switch(1, 0.5);
      player.switch(0, 0.5 + FADE_S / 2);
    });
    expect(steepest(left, 1, frame(2) - 1)).toBeLessThan(1.1 / FADE);
    expect(left[frame(0.5) + FADE / 2]).toBeCloseTo(0, 2);
    expect(left[frame(0.5) + FADE * 2]).toBeCloseTo(0.5, 5);
  });

  it('reaches any of many clips', async () => {
    const clips = [0.1, 0.2, 0.3, 0.4].map((level) => made(constant(level)));
    const { left } = await render(clips, 2, (player) => {
      player.play(0);
      [3, 1, 2].forEach((clip, n) => player.switch(clip, 0.4 * (n + 1)));
    });
    const heard = [0.2, 0.6, 1.0, 1.4].map((second) => left[frame(second)]!);
    [0.1, 0.4, 0.2, 0.3].forEach((level, n) => expect(heard[n]).toBeCloseTo(level, 6));
  });
});

describe('clips that differ', () => {
  it('keep time at different sample rates', async () => {
    const slow = made(sine(440, 0.5), { rate: 44_100 });
    const { left } = await render([A, slow], 2, (player) => {
      player.play(0);
      player.switch(1, 0.5);
    });
    // Straight lines between samples: an error of at most (2 pi f / rate)^2 / 8 of the amplitude.
    expect(apart(left, at(A), frame(0.5) + FADE, frame(2) - 10)).toBeLessThan(5e-4);
  });

  it('are silent after their end, while the longer goes on', async () => {
    const short = made(constant(0.5), { seconds: 0.5 });
    const { left } = await render([short, B], 2, (player) => {
      player.play(0);
      player.switch(1, 1);
    });
    expect(left[frame(0.5) - 1]).toBeCloseTo(0.5, 6);
    expect(apart(left, () => 0, frame(0.5), frame(1))).toBe(0);
    expect(apart(left, at(B), frame(1) + FADE, frame(2))).toBeLessThan(1e-4);
  });

  it('sound on both sides, mono or stereo', async () => {
    const stereo = made(constant(0.25), { channels: 2 });
    const { left, right } = await render([A, stereo], 2, (player) => {
      player.play(0);
      player.switch(1, 1);
    });
    expect(apart(right, (n) => left[n]!, 0, frame(2))).toBe(0);
    expect(right[frame(1.5)]).toBeCloseTo(0.25, 6);
  });
});

describe('a loop', () => {
  const region = { from: 0.25, to: 0.5 };
  const round = (clip: Made) => {
    const one = at(clip);
    const [from, length] = [frame(region.from), frame(region.to - region.from)];
    return (n: number) => one(n < frame(region.to) ? n : from + ((n - from) % length));
  };

  it('goes round on the frame', async () => {
    const { left } = await render([A, B], 2, (player) => {
      player.setLoop(region, 0);
      player.seek(0, 0);
      player.play(0);
    });
    expect(apart(left, round(A), 0, frame(2))).toBeLessThan(1e-4);
  });

  it('keeps all clips in step, round after round', async () => {
    const { left } = await render([A, B], 2, (player) => {
      player.setLoop(region, 0);
      player.seek(0, 0);
      player.play(0);
      player.switch(1, 1.6);
    });
    expect(apart(left, round(A), 0, frame(1.6))).toBeLessThan(1e-4);
    expect(apart(left, round(B), frame(1.6) + FADE, frame(2))).toBeLessThan(1e-4);
  });

  it('keeps a clip that ends inside it in step', async () => {
    const short = made(constant(0.5), { seconds: 0.3 });
    const { left } = await render([short, B], 2, (player) => {
      player.setLoop(region, 0);
      player.play(0);
    });
    // Begins at 0.25; the short clip is heard for 50 ms of each 250 ms.
    const sounds = (n: number) => (n % frame(0.25) < frame(0.05) ? 0.5 : 0);
    expect(apart(left, sounds, FADE, frame(2))).toBeLessThan(1e-4);
  });

  it('can be set while playing, and takes the sound to its beginning', async () => {
    const { left } = await render([A, B], 2, (player) => {
      player.play(0);
      player.setLoop(region, 1);
    });
    const one = at(A);
    const [from, length] = [frame(region.from), frame(0.25)];
    expect(apart(left, one, 0, frame(1))).toBeLessThan(1e-4);
    const looped = (n: number) => one(from + ((n - frame(1)) % length));
    expect(apart(left, looped, frame(1) + FADE, frame(2))).toBeLessThan(1e-4);
  });

  it('that is cleared lets the clip go on', async () => {
    const { left } = await render([A, B], 2, (player) => {
      player.setLoop(region, 0);
      player.play(0);
      player.setLoop(null, 0.6);
    });
    // 0.6 s from 0.25: twice round and 0.1 s.
    expect(apart(left, at(A, frame(0.35) - frame(0.6)), frame(0.6), frame(2))).toBeLessThan(1e-4);
  });

  it('is left alone by a seek past its end', async () => {
    const { left } = await render([A, B], 1, (player) => {
      player.setLoop(region, 0);
      player.play(0);
      player.seek(1, 0.1);
    });
    expect(apart(left, at(A, frame(0.9)), frame(0.1) + FADE, frame(1))).toBeLessThan(1e-4);
  });
});

describe('the transport', () => {
  it('seeks without a click and goes on from there', async () => {
    const { left } = await render([A, B], 1, (player) => {
      player.play(0);
      player.seek(1, 0.3);
    });
    expect(apart(left, at(A), 0, frame(0.3))).toBeLessThan(1e-4);
    expect(apart(left, at(A, frame(0.7)), frame(0.3) + FADE, frame(1))).toBeLessThan(1e-4);
  });

  it('pauses, and goes on where it was', async () => {
    const { left } = await render([A, B], 2, (player) => {
      player.play(0);
      player.pause(0.5);
      expect(player.playing).toBe(false);
      expect(player.position()).toBeCloseTo(0.5, 9);
      player.switch(1);
      player.play(1);
    });
    expect(apart(left, () => 0, frame(0.5) + FADE, frame(1))).toBe(0);
    expect(apart(left, at(B, -frame(0.5)), frame(1) + FADE, frame(2))).toBeLessThan(1e-4);
  });

  it('takes in a clip that is ready later, in step', async () => {
    const act = (player: Player, load: (clip: number) => void) => {
      player.switch(1, 0);
      player.play(0);
      load(1);
    };
    const { left } = await render([A, B], 2, act, { loaded: [0] });
    // As soon as it can be, which is a few hundredths of a second ahead.
    expect(apart(left, () => 0, 0, frame(0.02))).toBe(0);
    expect(apart(left, at(B), frame(0.06), frame(2))).toBeLessThan(1e-4);
  });
});

it('starts all clips at one time that is still to come, however late the page is', () => {
  const output = new FakeOutput();
  const make = output.createBufferSource.bind(output);
  let slow = 3;
  output.createBufferSource = () => {
    // A pause of the page, longer than what is planned ahead.
    if ((slow -= 1) >= 0) output.currentTime += 0.04;
    return make();
  };
  const player = new Player(output as unknown as BaseAudioContext, 3);
  [0, 1, 2].forEach((clip) => {
    player.load(clip, output.createBuffer(1, 96_000, 48_000) as unknown as AudioBuffer);
  });
  player.play();
  const playing = output.sources.filter((source) => source.stopped === null);
  expect(playing).toHaveLength(3);
  const [first] = playing;
  expect(playing.every((source) => source.started?.at === first?.started?.at)).toBe(true);
  expect(first?.started?.at).toBeGreaterThan(output.currentTime);
});
