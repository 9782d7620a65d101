/**
 * Plays the clips of a comparison in step: all run at once, one is heard. Switching moves two
 * gains at one time of the audio clock; nothing here waits on a timer, so the same code renders
 * offline, sample for sample.
 *
 *     source 0 - fade 0 - level 0 \
 *     source 1 - fade 1 - level 1 -- volume - destination
 *
 * Sources resample to the rate of the context; mono is played on both sides.
 */
import { Fade, FADE_S } from './fade';
import { positionAt, type Region, type Run } from './timeline';

/** What is heard from now on. */
export interface Sound {
  clip: number;
  run: Run;
}

export interface PlayerEvents {
  /** Another stretch begins to be heard at `run.at`; null: silence from `at` on. */
  sound?: (sound: Sound | null, at: number) => void;
  /** Playing came to the end of the longest clip. */
  ended?: () => void;
}

/** One clip, playing. */
interface Voice {
  source: AudioBufferSourceNode;
  fade: Fade;
}

/** All clips, started together. */
interface Take {
  run: Run;
  voices: Map<number, Voice>;
}

/** How far ahead changes are scheduled, so that no part of one comes too late. */
const LOOKAHEAD_S = 0.03;

/** What is rendered in one go may reach a little further than the clock says. */
const MARGIN_S = 0.005;

export const linear = (decibels: number): number => 10 ** (decibels / 20);

export class Player {
  private readonly volume: GainNode;
  private readonly volumeFade: Fade;
  private readonly levels: { node: GainNode; fade: Fade }[];
  private readonly buffers: (AudioBuffer | null)[];
  /** Buffers with silence to the end of the loop, where a loop is longer than the clip. */
  private readonly padded = new Map<number, AudioBuffer>();
  private take: Take | null = null;
  private heard = 0;
  private rest = 0;
  private region: Region | null = null;

  constructor(
    private readonly context: BaseAudioContext,
    count: number,
    private readonly events: PlayerEvents = {},
  ) {
    this.volume = context.createGain();
    this.volumeFade = new Fade(this.volume.gain, 1);
    this.volume.connect(context.destination);
    this.buffers = Array.from({ length: count }, () => null);
    this.levels = this.buffers.map(() => {
      const node = context.createGain();
      node.connect(this.volume);
      return { node, fade: new Fade(node.gain, 1) };
    });
  }

  get playing(): boolean {
    return this.take !== null;
  }

  /** The clip that is heard, or would be. */
  get active(): number {
    return this.heard;
  }

  get loop(): Region | null {
    return this.region;
  }

  /** Seconds of the longest clip at hand. */
  get duration(): number {
    return Math.max(0, ...this.buffers.map((buffer) => buffer?.duration ?? 0));
  }

  ready(clip: number): boolean {
    return this.buffers[clip] != null;
  }

  /** Where the sound is. */
  position(time = this.context.currentTime): number {
    return this.take ? Math.min(this.duration, positionAt(this.take.run, time)) : this.rest;
  }

  /** Hands a clip over; while others play, it joins them in step. */
  load(clip: number, buffer: AudioBuffer): void {
    this.buffers[clip] = buffer;
    this.padded.delete(clip);
    const { take } = this;
    if (!take || take.voices.has(clip)) return;
    const at = this.inTime((time) => {
      this.drop(take.voices.get(clip));
      this.join(take, clip, time);
    });
    if (clip === this.heard) this.tell(at);
  }

  play(at = this.soon()): void {
    if (this.take) return;
    const over = this.rest >= this.duration - 1e-6;
    this.begin(over ? (this.region?.from ?? 0) : this.rest, at);
  }

  pause(at = this.soon()): void {
    if (!this.take) return;
    this.rest = this.position(at);
    this.end(at);
    this.events.sound?.(null, at);
  }

  seek(position: number, at = this.soon()): void {
    const within = Math.min(this.duration, Math.max(0, position));
    if (this.take) this.begin(within, at);
    else this.rest = within;
  }

  /** Makes another clip the one that is heard, at the same place. */
  switch(to: number, at = this.soon()): void {
    if (to === this.heard || to < 0 || to >= this.buffers.length) return;
    const from = this.heard;
    this.heard = to;
    if (!this.take) return;
    this.take.voices.get(from)?.fade.move(0, at);
    this.take.voices.get(to)?.fade.move(1, at);
    this.tell(at);
  }

  /**
   * Plays a region over and over; null plays on. Where the sound is outside of it, it begins
   * there. A later seek past its end plays on from there.
   */
  setLoop(region: Region | null, at = this.soon()): void {
    this.region = region && this.onFrames(region);
    this.padded.clear();
    const position = this.position(at);
    const outside =
      this.region !== null && (position < this.region.from || position >= this.region.to);
    const next = outside ? this.region!.from : position;
    if (this.take) this.begin(next, at);
    else this.rest = next;
  }

  /** Decibels to add to each clip. */
  setGains(decibels: number[], at = this.soon()): void {
    this.levels.forEach(({ fade }, clip) => fade.move(linear(decibels[clip] ?? 0), at));
  }

  /** 0 to 1, linear. */
  setVolume(gain: number, at = this.soon()): void {
    this.volumeFade.move(gain, at);
  }

  /** Falls silent and lets go of the clips; `done` is called when the last fade has passed. */
  close(done: () => void = () => {}): void {
    this.pause();
    this.buffers.fill(null);
    this.padded.clear();
    const disconnect = () => {
      this.volume.disconnect();
      done();
    };
    if (this.context.state !== 'running') return disconnect();
    const silence = this.context.createConstantSource();
    silence.onended = disconnect;
    silence.start();
    silence.stop(this.soon() + 2 * FADE_S);
  }

  private soon(): number {
    return this.context.currentTime + LOOKAHEAD_S;
  }

  /** Loops begin and end on frames, so that every clip goes round in the same time. */
  private onFrames({ from, to }: Region): Region {
    const rate = this.context.sampleRate;
    return { from: Math.round(from * rate) / rate, to: Math.round(to * rate) / rate };
  }

  private begin(position: number, wanted: number): void {
    this.end(wanted);
    const loop = this.region !== null && position < this.region.to ? this.region : null;
    const take: Take = { run: { at: wanted, position, loop }, voices: new Map() };
    this.take = take;
    const at = this.inTime((time) => {
      take.voices.forEach((voice) => this.drop(voice));
      take.voices.clear();
      take.run.at = time;
      this.buffers.forEach((_, clip) => this.join(take, clip, time));
    }, wanted);
    // A seek to the very end leaves nothing to play.
    if (take.voices.size === 0) this.finish();
    else this.tell(at);
  }

  /**
   * Schedules, and does so again where the clock went past in the meantime: sources that start
   * late each start when they can, which is not in step. Returns when it is.
   */
  private inTime(schedule: (at: number) => void, wanted = this.soon()): number {
    const { context } = this;
    let at = wanted;
    for (let ahead = 2; ; ahead *= 2) {
      const before = context.currentTime;
      schedule(at);
      const now = context.currentTime;
      // A clock that stands still, as before rendering offline, is late for nothing.
      if (now === before || now + MARGIN_S < at || ahead > 16) return at;
      at = now + ahead * LOOKAHEAD_S;
    }
  }

  private join(take: Take, clip: number, at: number): void {
    const { loop } = take.run;
    const buffer = this.lasting(clip, loop?.to ?? 0);
    const offset = positionAt(take.run, at);
    if (!buffer || offset >= buffer.duration) return;
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    if (loop) {
      source.loop = true;
      source.loopStart = loop.from;
      source.loopEnd = loop.to;
    }
    const gain = this.context.createGain();
    source.connect(gain).connect(this.levels[clip]!.node);
    // A clip's first sample is its own beginning: a fade would blunt it.
    const audible = clip === this.heard ? 1 : 0;
    const fade = new Fade(gain.gain, offset === 0 ? audible : 0);
    if (offset > 0 && audible) fade.move(1, at);
    source.onended = () => {
      gain.disconnect();
      take.voices.delete(clip);
      if (this.take === take && take.voices.size === 0) this.finish();
    };
    source.start(at, offset);
    take.voices.set(clip, { source, fade });
  }

  /** The clip with silence up to `end`. */
  private lasting(clip: number, end: number): AudioBuffer | null {
    const buffer = this.buffers[clip] ?? null;
    if (!buffer || end <= buffer.duration) return buffer;
    const known = this.padded.get(clip);
    if (known) return known;
    const { numberOfChannels, sampleRate } = buffer;
    const frames = Math.ceil(end * sampleRate) + 1;
    const longer = this.context.createBuffer(numberOfChannels, frames, sampleRate);
    for (let channel = 0; channel < numberOfChannels; channel += 1) {
      longer.getChannelData(channel).set(buffer.getChannelData(channel));
    }
    this.padded.set(clip, longer);
    return longer;
  }

  /** Takes a source back before it was heard. */
  private drop(voice: Voice | undefined): void {
    if (!voice) return;
    voice.source.onended = null;
    voice.source.stop();
    voice.source.disconnect();
  }

  private end(at: number): void {
    this.take?.voices.forEach(({ source, fade }) => {
      fade.move(0, at);
      source.stop(at + FADE_S);
    });
    this.take = null;
  }

  private finish(): void {
    const { run } = this.take!;
    const at = run.at + Math.max(0, this.duration - run.position);
    this.rest = this.duration;
    this.take = null;
    this.events.sound?.(null, at);
    this.events.ended?.();
  }

  private tell(at: number): void {
    const { run, voices } = this.take!;
    const sounds = { clip: this.heard, run: { at, position: positionAt(run, at), loop: run.loop } };
    this.events.sound?.(voices.has(this.heard) ? sounds : null, at);
  }
}
