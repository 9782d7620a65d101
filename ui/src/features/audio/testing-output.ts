/** A sound output that plays nothing and whose clock goes when the test says so. */

class FakeParam {
  value = 1;
  /** What was scheduled last, and from when on. */
  moves: { value: number; at: number }[] = [];

  cancelScheduledValues(): void {}
  setValueAtTime(): void {}
  linearRampToValueAtTime(value: number, at: number): void {
    this.moves.push({ value, at });
  }
}

class FakeNode {
  connect<T>(to: T): T {
    return to;
  }
  disconnect(): void {}
}

class FakeGain extends FakeNode {
  readonly gain = new FakeParam();
}

export class FakeSource extends FakeNode {
  buffer: { duration: number } | null = null;
  loop = false;
  loopStart = 0;
  loopEnd = 0;
  started: { at: number; offset: number } | null = null;
  stopped: number | null = null;
  onended: (() => void) | null = null;

  start(at = 0, offset = 0): void {
    this.started = { at, offset };
  }
  stop(at = 0): void {
    this.stopped = at;
  }
}

export class FakeOutput {
  /** The outputs opened so far. */
  static opened: FakeOutput[] = [];

  currentTime = 0;
  state = 'suspended';
  readonly sampleRate = 48_000;
  readonly destination = new FakeNode();
  readonly sources: FakeSource[] = [];

  constructor() {
    FakeOutput.opened.push(this);
  }

  /** Lets time pass; what comes to its end says so. */
  pass(seconds: number): void {
    this.currentTime += seconds;
    for (const source of this.sources) {
      const { started, buffer, stopped } = source;
      if (!started || !source.onended) continue;
      const end = source.loop ? Infinity : started.at + (buffer?.duration ?? 0) - started.offset;
      if (Math.min(end, stopped ?? Infinity) > this.currentTime) continue;
      const ended = source.onended;
      source.onended = null;
      ended();
    }
  }

  resume(): Promise<void> {
    this.state = 'running';
    return Promise.resolve();
  }
  suspend(): Promise<void> {
    this.state = 'suspended';
    return Promise.resolve();
  }
  createGain(): FakeGain {
    return new FakeGain();
  }
  createBufferSource(): FakeSource {
    const source = new FakeSource();
    this.sources.push(source);
    return source;
  }
  createConstantSource(): FakeSource {
    return this.createBufferSource();
  }
  createBuffer(numberOfChannels: number, length: number, sampleRate: number) {
    const channels = Array.from({ length: numberOfChannels }, () => new Float32Array(length));
    return {
      numberOfChannels,
      length,
      sampleRate,
      duration: length / sampleRate,
      getChannelData: (channel: number) => channels[channel]!,
      copyToChannel: (samples: Float32Array, channel: number) => channels[channel]!.set(samples),
    };
  }
}
