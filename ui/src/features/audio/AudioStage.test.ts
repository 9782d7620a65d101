import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import type { CandidateView } from '../../ipc/bindings';
import { fakePeaks, fakeSamples } from '../../ipc/fake-media';
import type { StageAction } from '../annotate/stage';
import AudioStage from './AudioStage.svelte';
import type { Heard } from './deck.svelte';
import * as outputs from './output';
import { FakeOutput } from './testing-output';

let ids = 0;

function clip(id: string, change: Partial<CandidateView['media'] & object> = {}): CandidateView {
  const audio = {
    format: 'flac',
    duration_s: 8,
    sample_rate: 8000,
    channels: 1,
    loudness_lufs: -14,
    true_peak_dbtp: -1,
  };
  // Clips are kept from one comparison to the next: each test has its own.
  const media = { id: `${id}-${(ids += 1)}`, image: null, audio, problem: null, ...change };
  return { id, turns: [], media, steps: null, system: null };
}

class TestBackend {
  asked: string[] = [];
  failing = new Set<string>();

  async clipSamples(media: string) {
    this.asked.push(media);
    if (this.failing.has(media)) throw { code: 'media', message: 'The file is cut off.' };
    return fakeSamples(220, 8, 8000);
  }

  async clipPeaks() {
    return fakePeaks();
  }
}

const MATCH = { gains_db: [-6.4, 2.1], target_lufs: -17.3, limited: true };

/** A stage with all its clips loaded, and the output that it plays on. */
async function stage(change: Record<string, unknown> = {}) {
  const told: Heard[] = [];
  const backend = new TestBackend();
  const candidates = [clip('a'), clip('b')];
  const { component, unmount } = render(AudioStage, {
    backend,
    candidates,
    loudness: MATCH,
    matchLoudness: true,
    minListenS: 3,
    chosen: [],
    earlier: [],
    disabled: false,
    heard: (heard: Heard) => told.push(heard),
    ...change,
  });
  await waitFor(() => expect(screen.queryByText(i18n.t.audio.loading)).toBeNull());
  const output = () => FakeOutput.opened.at(-1)!;
  const perform = async (...actions: StageAction[]) => {
    for (const action of actions) {
      component.perform(action);
      await Promise.resolve();
    }
  };
  /** Lets the clips play, and the page see it. */
  const pass = async (seconds: number) => {
    output().pass(seconds);
    await new Promise((resolve) => setTimeout(resolve, 150));
  };
  return { backend, component, output, pass, perform, told, unmount, last: () => told.at(-1)! };
}

const state = (index: number) => screen.queryByTestId(`state-${index}`)?.textContent?.trim();
const missing = ({ missing: all }: Heard) =>
  Object.fromEntries(all.map(({ candidate, seconds }) => [candidate, Math.round(seconds)]));

beforeEach(() => {
  i18n.set('en');
  // The page has one output for as long as it lives; its clock goes on from test to test.
  vi.stubGlobal('AudioContext', FakeOutput);
  // jsdom does not draw, and says so at length.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.restoreAllMocks();
});

describe('playing', () => {
  it('tells at first what is to be heard', async () => {
    const { last } = await stage();
    expect(last().spans).toEqual([]);
    expect(missing(last())).toEqual({ a: 3, b: 3 });
    expect(state(0)).toBe('Selected');
  });

  it('shows and says which clip sounds', async () => {
    const { perform } = await stage();
    await perform('play-pause');
    expect(state(0)).toBe('Playing');
    expect(state(1)).toBeUndefined();
    expect(screen.getByTestId('said')).toHaveTextContent('Left plays, 0:00');
    await perform('switch');
    expect(state(0)).toBeUndefined();
    expect(state(1)).toBe('Playing');
    expect(screen.getByTestId('switch-1')).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByTestId('said')).toHaveTextContent('Right plays');
    await perform('play-pause');
    expect(state(1)).toBe('Selected');
    expect(screen.getByTestId('said')).toHaveTextContent('Paused');
  });

  it('starts all clips at one time', async () => {
    const { output, perform } = await stage();
    const before = output().sources.length;
    await perform('play-pause');
    const started = output()
      .sources.slice(before)
      .map((source) => source.started);
    expect(started).toHaveLength(2);
    expect(started[0]).toEqual(started[1]);
  });

  it.each<[string, StageAction[], string, string | undefined]>([
    ['plays the right one by its own key', ['play-right'], 'Right', 'Playing'],
    ['goes on with the left one', ['play-left', 'play-left'], 'Left', 'Playing'],
    ['selects while nothing plays', ['switch'], 'Right', 'Selected'],
    ['comes back to the first', ['switch', 'switch'], 'Left', 'Selected'],
  ])('%s', async (_, actions, place, word) => {
    const { perform } = await stage();
    await perform(...actions);
    const pane = screen.getByRole('region', { name: new RegExp(place) });
    expect(within(pane).getByText(word!)).toBeInTheDocument();
  });

  it('records spans and counts down what is missing', async () => {
    const { pass, perform, last } = await stage();
    await perform('play-pause');
    await pass(2);
    await perform('switch');
    await pass(4);
    const spans = last().spans.map(({ candidate, from_ms, to_ms }) => [candidate, from_ms, to_ms]);
    expect(spans).toEqual([
      ['a', 0, 2000],
      ['b', 2000, 5970],
    ]);
    expect(missing(last())).toEqual({ a: 1 });
    expect(screen.getByTestId('heard-0')).toHaveTextContent('heard 2 of 3 s');
    expect(screen.getByTestId('heard-1')).toHaveTextContent('heard 3 s, enough');
    expect(screen.getByTestId('said')).toHaveTextContent('Right: heard long enough');
  });

  it('asks for no more of a clip than there is, whatever its file says', async () => {
    const longer = clip('a');
    longer.media!.audio = { ...longer.media!.audio!, duration_s: 8.4 };
    const { last } = await stage({ candidates: [longer, clip('b')], minListenS: 20 });
    expect(missing(last())).toEqual({ a: 8, b: 8 });
    expect(screen.getByTestId('heard-0')).toHaveTextContent('heard 0 of 8 s');
  });

  it('stops at the end, and begins anew from there', async () => {
    const { pass, perform, last } = await stage();
    await perform('play-pause');
    await pass(9);
    expect(state(0)).toBe('Selected');
    expect(screen.getByTestId('said')).toHaveTextContent('The clips are over');
    expect(last().spans.map(({ to_ms }) => to_ms)).toEqual([8000]);
    await perform('play-pause');
    await pass(1);
    expect(last().spans.at(-1)).toMatchObject({ from_ms: 0, to_ms: 970 });
  });

  it('does not count what is turned down to nothing', async () => {
    const { pass, perform, last } = await stage();
    await perform('play-pause');
    await pass(1);
    await fireEvent.input(screen.getByTestId('volume'), { target: { value: '0' } });
    expect(screen.getByText(i18n.t.audio.muted)).toBeInTheDocument();
    await pass(2);
    await fireEvent.input(screen.getByTestId('volume'), { target: { value: '40' } });
    await pass(1);
    expect(last().spans.map(({ from_ms, to_ms }) => [from_ms, to_ms])).toEqual([
      [0, 970],
      [2970, 3970],
    ]);
    expect(localStorage.getItem('tiebreak.volume')).toBe('0.4');
  });
});

describe('the place', () => {
  it('is moved by keys, and stays within the clips', async () => {
    const { perform } = await stage();
    const at = () => screen.getByTestId('time').textContent;
    await perform('seek-forward');
    expect(at()).toBe('0:05.0 / 0:08.0');
    await perform('seek-forward');
    expect(at()).toBe('0:08.0 / 0:08.0');
    await perform('seek-back');
    expect(at()).toBe('0:03.0 / 0:08.0');
    await perform('to-start');
    expect(at()).toBe('0:00.0 / 0:08.0');
  });

  it('is moved by the keys of the time bar, which the page then leaves alone', async () => {
    await stage();
    const bar = screen.getByRole('slider', { name: 'Position' });
    expect(await fireEvent.keyDown(bar, { key: 'End' })).toBe(false);
    expect(bar).toHaveAttribute('aria-valuetext', '0:08 of 0:08');
    await fireEvent.keyDown(bar, { key: 'ArrowLeft' });
    expect(bar).toHaveAttribute('aria-valuenow', '3');
    expect(await fireEvent.keyDown(bar, { key: 'x' })).toBe(true);
  });
});

describe('the loop', () => {
  it('is marked, moved and cleared by keys', async () => {
    const { component, output, perform } = await stage();
    await perform('seek-forward', 'loop-end', 'play-pause');
    expect(screen.getByTestId('loop-region')).toHaveTextContent('0:00.0 to 0:05.0');
    expect(output().sources.at(-1)).toMatchObject({ loop: true, loopStart: 0, loopEnd: 5 });
    await perform('play-pause', 'to-start', 'seek-forward', 'seek-back');
    const end = screen.getByRole('slider', { name: 'End of the loop' });
    await fireEvent.keyDown(end, { key: 'ArrowLeft', shiftKey: true });
    expect(screen.getByTestId('loop-region')).toHaveTextContent('0:00.0 to 0:04.0');
    await perform('loop-clear');
    expect(screen.queryByTestId('loop-region')).toBeNull();
    expect(component.perform('loop-end')).toBe(false);
    expect(component.perform('loop-start')).toBe(true);
    await tick();
    expect(screen.getByTestId('said')).toHaveTextContent('Loop from 0:00.0 to 0:08.0');
  });
});

describe('loudness', () => {
  it('says what is done, and can be turned off', async () => {
    const { perform } = await stage();
    const box = screen.getByRole('switch', { name: /Match loudness/ });
    expect(box).toBeChecked();
    expect(screen.getByTestId('levels')).toHaveTextContent(
      'all at −17.3 LUFS, lowered to keep peaks under −1 dBTP',
    );
    expect(screen.getByText('−6.4 dB')).toBeInTheDocument();
    await perform('loudness');
    expect(box).not.toBeChecked();
    expect(screen.queryByText('−6.4 dB')).toBeNull();
    await fireEvent.click(box);
    expect(screen.getByText('+2.1 dB')).toBeInTheDocument();
  });

  it('is not offered where it is not known', async () => {
    const { component } = await stage({ loudness: null });
    expect(screen.queryByRole('switch')).toBeNull();
    expect(component.perform('loudness')).toBe(false);
  });
});

describe('what goes wrong', () => {
  it('a clip that is gone is said, and nobody waits for it', async () => {
    const gone = clip('b', { audio: null, problem: 'The file is gone.' });
    const { component, last } = await stage({ candidates: [clip('a'), gone] });
    const alert = screen.getByRole('alert');
    expect(alert).toHaveTextContent('The file is gone.');
    expect(missing(last())).toEqual({ a: 3 });
    expect(screen.getByTestId('switch-1')).toBeDisabled();
    component.perform('switch');
    expect(state(0)).toBe('Selected');
  });

  it('a clip that does not load can be tried again', async () => {
    const backend = new TestBackend();
    const candidates = [clip('a'), clip('b')];
    backend.failing.add(candidates[0]!.media!.id);
    const { last } = await stage({ backend, candidates });
    expect(screen.getByRole('alert')).toHaveTextContent('The file is cut off.');
    expect(state(1)).toBe('Selected');
    expect(missing(last())).toEqual({ b: 3 });
    backend.failing.clear();
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    await waitFor(() => expect(missing(last())).toEqual({ a: 3, b: 3 }));
  });

  it('an output that does not open is said, and what is to be heard stays so', async () => {
    vi.spyOn(outputs, 'openOutput').mockImplementation(() => {
      throw new Error('no device');
    });
    const told: Heard[] = [];
    const { component } = render(AudioStage, {
      backend: new TestBackend(),
      candidates: [clip('a'), clip('b')],
      loudness: MATCH,
      matchLoudness: true,
      minListenS: 3,
      chosen: [],
      earlier: [],
      disabled: false,
      heard: (heard: Heard) => told.push(heard),
    });
    expect(await screen.findByTestId('trouble')).toHaveTextContent(i18n.t.audio.unavailable);
    expect(screen.getByTestId('play')).toBeDisabled();
    component.perform('play-pause');
    expect(missing(told.at(-1)!)).toEqual({ a: 3, b: 3 });
  });

  it('an output that stands still is said, until it goes', async () => {
    const { pass, perform } = await stage();
    await perform('play-pause');
    const now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now + 2500);
    expect(await screen.findByTestId('trouble')).toHaveTextContent(i18n.t.audio.silent);
    await pass(1);
    expect(screen.queryByTestId('trouble')).toBeNull();
  });
});

it('has no use for what concerns texts and images', async () => {
  const { component } = await stage();
  const others: StageAction[] = ['raw', 'diff', 'zoom-in', 'flicker-on'];
  expect(others.filter((action) => component.perform(action))).toEqual([]);
});

it('fetches the next clips once those on the screen are ready, and keeps them', async () => {
  const backend = new TestBackend();
  const [candidates, next] = [
    [clip('a'), clip('b')],
    [clip('c'), clip('d')],
  ];
  const later = [clip('e')];
  const media = [...candidates, ...next].map((one) => one.media!.id);
  const { unmount } = await stage({ backend, candidates, prefetch: [...next, ...later] });
  await waitFor(() => expect(backend.asked).toEqual(media));
  unmount();
  await stage({ backend, candidates: next });
  expect(backend.asked).toHaveLength(4);
  // The first two were let go for the next but one.
  cleanup();
  await stage({ backend, candidates });
  expect(backend.asked).toHaveLength(6);
});

it('tells at once, when asked, what was heard up to now', async () => {
  const { component, output, perform, last } = await stage();
  await perform('play-pause');
  output().pass(2.5);
  component.flush();
  const [span] = last().spans;
  expect(span).toMatchObject({ candidate: 'a', from_ms: 0 });
  expect(span?.to_ms).toBeGreaterThan(2400);
});

it('says nothing more once it is gone, though it closes while a clip sounds', async () => {
  const { pass, perform, told, unmount } = await stage();
  await perform('play-pause');
  await pass(1);
  const before = told.length;
  unmount();
  await pass(1);
  expect(told).toHaveLength(before);
});

it('says how clips differ', async () => {
  const candidates = [clip('a'), clip('b')];
  candidates[1]!.media!.audio = {
    ...candidates[1]!.media!.audio!,
    duration_s: 6,
    channels: 2,
    sample_rate: 44_100,
  };
  await stage({ candidates });
  expect(screen.getByTestId('differences')).toHaveTextContent(
    'Lengths differ: Left 0:08.0, Right 0:06.0 (a shorter clip is silent after its end). Channels differ: Left mono, Right stereo (mono sounds on both sides). Sample rates differ: Left 8 kHz, Right 44.1 kHz.',
  );
});

it('speaks German', async () => {
  i18n.set('de');
  const { perform } = await stage();
  await perform('play-pause');
  expect(state(0)).toBe('Läuft');
  expect(screen.getByTestId('time')).toHaveTextContent('0:00,0 / 0:08,0');
});

it.each([
  ['two clips', [clip('a'), clip('b')]],
  [
    'four, one of them gone',
    [clip('a'), clip('b', { audio: null, problem: 'Gone.' }), clip('c'), clip('d')],
  ],
])('has names, roles and states for %s', async (_, candidates) => {
  const { perform } = await stage({ candidates, prefer: () => {} });
  await perform('seek-forward', 'loop-end', 'play-pause');
  // Colours are checked where they are drawn, in the window.
  const options = { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } };
  const { violations } = await axe.run(document.body, options);
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
});
