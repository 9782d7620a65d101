/** The clips of one comparison: loading them, playing them, and what was heard of them. */
import { i18n } from '../../i18n/i18n.svelte';
import { asUserError } from '../../ipc/backend';
import type { CandidateView, ListenView, LoudnessMatch } from '../../ipc/bindings';
import type { StageAction } from '../annotate/stage';
import { clips, mediaOf, type ClipSource } from './clips';
import { ListenLog, missing, secondsHeard, secondsWanted, type Listened } from './listening';
import { closeOutput, openOutput, storedVolume, storeVolume } from './output';
import type { Peaks } from './peaks';
import { linear, Player, type Sound } from './player';
import { positionAt, regionBetween, type Region } from './timeline';
import { clock } from './words';

export interface Heard {
  spans: ListenView[];
  missing: { candidate: string; seconds: number }[];
}

export interface DeckOptions {
  backend: ClipSource;
  candidates: CandidateView[];
  loudness: LoudnessMatch | null;
  matched: boolean;
  minListenS: number;
  heard: (heard: Heard) => void;
}

export type Status = 'loading' | 'ready' | 'failed';

/** `unavailable`: there is no output; `silent`: there is, but its clock stands still. */
export type Trouble = 'unavailable' | 'silent';

const SEEK_S = 5;
/**
 * Between two looks at where the sound is, for each second of the axis: about one pixel of the
 * needle's way. Each look is a frame, and where there is no graphics card frames are dear.
 */
const LOOK_MS = 1.2;
const LONGEST_LOOK_MS = 60;
/** How often what was heard is told. */
const REPORT_MS = 100;
/** An output that takes longer to begin is reported. */
const PATIENCE_MS = 2000;
/** Noise is not to look like music. */
const SMALLEST_TOP = 0.1;

export class Deck {
  playing = $state(false);
  /** Play was asked for; the clip is still on its way. */
  waiting = $state(false);
  active = $state(0);
  position = $state(0);
  loop = $state.raw<Region | null>(null);
  /** A loop that is being dragged. */
  draft = $state.raw<Region | null>(null);
  matched = $state(false);
  volume = $state(storedVolume());
  status = $state<Status[]>([]);
  problems = $state<(string | null)[]>([]);
  peaks = $state.raw<(Peaks | null)[]>([]);
  /** Seconds of each clip that were heard at least once. */
  heard = $state<number[]>([]);
  trouble = $state<Trouble | null>(null);
  /** For those who listen to the page, not only to the clips. */
  said = $state('');

  /**
   * How much larger than they are the waveforms are drawn: the loudest fills its pane, and all
   * have one scale, as loud as they are played.
   */
  readonly scale = $derived.by(() => {
    const tops = this.peaks.map((peaks, index) => (peaks?.top ?? 0) * linear(this.gains[index]!));
    return 0.95 / Math.max(SMALLEST_TOP, ...tops);
  });

  /** Seconds of each clip: as the file says, and when it is loaded, as it is played. */
  durations = $state<number[]>([]);
  /** Seconds of the longest. */
  readonly axis = $derived.by(() => Math.max(0, ...this.durations));
  /** Seconds of each clip that must be heard. */
  readonly wanted = $derived.by(() => this.listened.map((clip) => this.wantedOf(clip)));

  private readonly context: AudioContext | null;
  private readonly player: Player | null;
  private readonly log: ListenLog;
  private sound: Sound | null = null;
  private frame = 0;
  private rest = 0;
  private reported = 0;
  private moved = { time: 0, at: 0 };
  private closed = false;

  constructor(private readonly options: DeckOptions) {
    const { candidates } = options;
    this.durations = candidates.map(({ media }) => media?.audio?.duration_s ?? 0);
    this.log = new ListenLog(() => this.listened);
    this.matched = options.matched;
    this.problems = candidates.map(({ media }) =>
      media ? media.problem : i18n.t.audio.nothingToPlay,
    );
    this.status = this.problems.map((problem) => (problem === null ? 'loading' : 'failed'));
    this.peaks = candidates.map(() => null);
    this.heard = candidates.map(() => 0);
    this.active = Math.max(0, this.problems.indexOf(null));

    let context: AudioContext | null = null;
    try {
      context = openOutput();
    } catch {
      this.trouble = 'unavailable';
    }
    this.context = context;
    this.player = context && new Player(context, candidates.length, this.events());
    this.player?.switch(this.active);
    this.player?.setVolume(this.volume ** 2);
    this.applyGains();
  }

  /** Begins to load, and tells what is to be heard. */
  start(): void {
    this.report();
    this.status.forEach((status, index) => {
      if (status === 'loading') void this.load(index);
    });
  }

  /** Tells what was heard up to now, rather than in a moment. */
  flush(): void {
    this.report();
  }

  close(): void {
    this.closed = true;
    this.unfollow();
    if (this.player) this.player.close(closeOutput);
  }

  /** Decibels added to each clip now. */
  get gains(): number[] {
    const { candidates, loudness } = this.options;
    return candidates.map((_, index) =>
      this.matched && loudness ? (loudness.gains_db[index] ?? 0) : 0,
    );
  }

  /** Clips that can be heard. */
  get playable(): number[] {
    return this.status.flatMap((status, index) => (status === 'failed' ? [] : [index]));
  }

  /**
   * Keeps clips ready for the next comparison, once those on the screen are: no more of them than
   * are on the screen, whatever else is known to come.
   */
  prefetch(next: CandidateView[]): void {
    if (this.status.includes('loading')) return;
    const { candidates } = this.options;
    const coming = mediaOf(next.slice(0, candidates.length));
    clips.keep([...mediaOf(candidates), ...coming]);
    void this.fetch(coming);
  }

  /** Tries again to load a clip. */
  retry(index: number): void {
    this.problems[index] = null;
    this.status[index] = 'loading';
    void this.load(index);
  }

  perform(action: StageAction): boolean {
    switch (action) {
      case 'play-pause':
        this.playPause();
        return true;
      case 'switch':
        this.next();
        return true;
      case 'play-left':
        this.listen(0);
        return true;
      case 'play-right':
        this.listen(1);
        return true;
      case 'seek-back':
        this.seek(this.here() - SEEK_S);
        return true;
      case 'seek-forward':
        this.seek(this.here() + SEEK_S);
        return true;
      case 'to-start':
        this.seek(0);
        return true;
      case 'loop-start':
        return this.markLoop(this.loop?.to ?? this.axis, this.axis);
      case 'loop-end':
        return this.markLoop(this.loop?.from ?? 0, 0);
      case 'loop-clear':
        this.setLoop(null);
        return true;
      case 'loudness':
        if (this.options.loudness) this.match(!this.matched);
        return this.options.loudness !== null;
      default:
        return false;
    }
  }

  playPause(): void {
    if (this.playing || this.waiting) this.pause();
    else this.play();
  }

  play(): void {
    if (!this.player || !this.context || this.playing) return;
    // Not awaited: where there is no device, some systems never settle it.
    if (this.context.state !== 'running') this.context.resume().catch(() => {});
    this.waiting = !this.player.ready(this.active);
    if (this.waiting) return;
    this.player.play();
    this.playing = this.player.playing;
    this.moved = { time: this.context.currentTime, at: performance.now() };
    this.say(i18n.t.audio.plays(this.place(this.active), clock(this.player.position())));
    this.follow();
  }

  pause(): void {
    this.waiting = false;
    if (!this.playing) return;
    this.player?.pause();
    this.stopped();
    this.say(i18n.t.audio.pausedAt(clock(this.position)));
  }

  /** Plays a clip from where the sound is. */
  listen(index: number): void {
    if (!this.choose(index)) return;
    this.play();
  }

  /** Makes a clip the one that is heard. */
  choose(index: number): boolean {
    if (!this.playable.includes(index)) return false;
    if (index === this.active) return true;
    this.active = index;
    this.player?.switch(index);
    if (this.waiting) this.play();
    this.say(
      this.playing
        ? i18n.t.audio.plays(this.place(index), clock(this.here()))
        : i18n.t.audio.selected(this.place(index)),
    );
    return true;
  }

  next(): void {
    const { playable } = this;
    const after = playable.find((index) => index > this.active) ?? playable[0];
    if (after !== undefined) this.choose(after);
  }

  seek(position: number): void {
    const within = Math.min(this.axis, Math.max(0, position));
    this.player?.seek(within);
    this.position = within;
    if (this.player) this.playing = this.player.playing;
  }

  setLoop(region: Region | null): void {
    this.draft = null;
    if (region === null && this.loop === null) return;
    this.player?.setLoop(region);
    this.loop = this.player ? this.player.loop : region;
    if (!this.playing) this.position = this.player?.position() ?? this.position;
    const { loopFrom, loopCleared } = i18n.t.audio;
    this.say(region ? loopFrom(clock(region.from, true), clock(region.to, true)) : loopCleared);
  }

  match(on: boolean): void {
    this.matched = on;
    this.applyGains();
    this.say(on ? i18n.t.audio.matchingOn : i18n.t.audio.matchingOff);
  }

  /** 0 to 1. */
  setVolume(volume: number): void {
    const [before, now] = [this.volume > 0, volume > 0];
    this.volume = volume;
    storeVolume(volume);
    // Squared, the slider goes evenly for the ear.
    this.player?.setVolume(volume ** 2);
    // What is not audible is not heard.
    if (before !== now && this.context) this.hear(this.sound, this.context.currentTime);
  }

  private events() {
    return {
      sound: (sound: Sound | null, at: number) => {
        this.sound = sound;
        this.hear(sound, at);
      },
      ended: () => {
        this.stopped();
        this.say(i18n.t.audio.ended);
      },
    };
  }

  private hear(sound: Sound | null, at: number): void {
    const wall = Date.now() + (at - this.context!.currentTime) * 1000;
    const heard = sound &&
      this.volume > 0 && {
        clip: sound.clip,
        run: { ...sound.run, at, position: positionAt(sound.run, at) },
      };
    this.log.turn(heard || null, at, wall);
    this.report(at);
  }

  private async load(index: number): Promise<void> {
    const { backend, candidates } = this.options;
    const media = candidates[index]!.media!.id;
    clips
      .peaksOf(backend, media)
      .then((peaks) => (this.peaks = this.peaks.with(index, peaks)))
      // A clip can be judged without its picture; if it cannot be played, that is said below.
      .catch(() => {});
    const { context, player } = this;
    if (!context || !player) return;
    try {
      const buffer = await clips.samplesOf(backend, media, this.make);
      if (this.closed) return;
      player.load(index, buffer);
      this.durations[index] = buffer.duration;
      this.status[index] = 'ready';
      if (this.waiting && index === this.active) this.play();
    } catch (thrown) {
      if (this.closed) return;
      const { message, hint } = asUserError(thrown);
      this.problems[index] = [message, hint].filter(Boolean).join(' ');
      this.status[index] = 'failed';
      if (index === this.active) this.next();
    }
    this.report();
  }

  private async fetch(media: string[]): Promise<void> {
    const { backend } = this.options;
    // One after another: what is being listened to goes first.
    for (const id of media) {
      if (this.closed || !this.context) return;
      const both = [clips.peaksOf(backend, id), clips.samplesOf(backend, id, this.make)];
      await Promise.allSettled(both);
    }
  }

  private readonly make = (channels: number, frames: number, rate: number): AudioBuffer =>
    this.context!.createBuffer(channels, frames, rate);

  /** Moves one end of the loop here; the other goes to `otherwise` where that is no region. */
  private markLoop(other: number, otherwise: number): boolean {
    const here = this.here();
    const forward = otherwise > 0 ? other > here : other < here;
    const region =
      (forward && regionBetween(here, other, this.axis)) ||
      regionBetween(here, otherwise, this.axis);
    if (region) this.setLoop(region);
    return region !== null;
  }

  /** Where the sound is now; a window that draws nothing does not follow it. */
  private here(): number {
    return this.player?.position() ?? this.position;
  }

  private applyGains(): void {
    this.player?.setGains(this.gains);
  }

  private stopped(): void {
    this.playing = false;
    this.unfollow();
    this.position = this.here();
    this.report();
  }

  /** Follows the sound with the eye. */
  private follow(): void {
    this.unfollow();
    const pause = Math.min(LONGEST_LOOK_MS, this.axis * LOOK_MS);
    const look = () => {
      if (!this.playing || !this.player) return;
      this.position = this.player.position();
      this.watch();
      if (performance.now() - this.reported >= REPORT_MS) this.report();
      this.rest = window.setTimeout(() => (this.frame = requestAnimationFrame(look)), pause);
    };
    this.frame = requestAnimationFrame(look);
  }

  private unfollow(): void {
    clearTimeout(this.rest);
    cancelAnimationFrame(this.frame);
  }

  /** An output without a device may stand still instead of failing. */
  private watch(): void {
    const [time, at] = [this.context!.currentTime, performance.now()];
    if (time !== this.moved.time) {
      this.moved = { time, at };
      this.trouble = null;
    } else if (at - this.moved.at > PATIENCE_MS) {
      this.trouble = 'silent';
    }
  }

  private report(until = this.context?.currentTime ?? 0): void {
    // Closing stops the sound; by then another comparison is on the screen.
    if (this.closed) return;
    this.reported = performance.now();
    const { candidates, minListenS, heard } = this.options;
    const spans = this.log.spans(until);
    candidates.forEach(({ id }, index) => {
      const [before, now] = [this.heard[index]!, secondsHeard(spans, id)];
      this.heard[index] = now;
      const wanted = this.wanted[index]!;
      if (wanted > 0 && !this.enough(before, wanted) && this.enough(now, wanted)) {
        this.say(i18n.t.audio.heardEnough(this.place(index)));
      }
    });
    const open = this.playable.map((index) => this.listened[index]!);
    heard({ spans, missing: missing(spans, open, minListenS) });
  }

  private get listened(): Listened[] {
    return this.options.candidates.map(({ id }, index) => ({
      candidate: id,
      duration: this.durations[index]!,
    }));
  }

  private wantedOf(clip: Listened): number {
    return secondsWanted(clip, this.options.minListenS);
  }

  private enough(heard: number, wanted: number): boolean {
    return wanted - heard <= 0.05;
  }

  private place(index: number): string {
    return i18n.t.common.place(index, this.options.candidates.length);
  }

  private say(words: string): void {
    this.said = words;
  }
}
