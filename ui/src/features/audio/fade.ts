/**
 * A gain that moves to its next value in a straight line, scheduled with the audio clock.
 *
 * Straight lines rather than equal power: the clips of a comparison are often nearly the same
 * signal, and a seek or a new loop fades a clip into itself. Such signals add in amplitude, and
 * two straight lines then keep the level where it is; equal power would raise it by 3 dB.
 */

/** Long enough not to click, too short to be heard as a fade. */
export const FADE_S = 0.008;

export class Fade {
  private from: number;
  private to: number;
  private start = -Infinity;

  constructor(
    private readonly param: AudioParam,
    value: number,
  ) {
    this.from = value;
    this.to = value;
    param.value = value;
  }

  /** Moves to `value` from `at` on; a move under way is taken up where it is then. */
  move(value: number, at: number): void {
    const reached = this.valueAt(at);
    this.param.cancelScheduledValues(at);
    if (at > this.start && at < this.start + FADE_S) {
      // Cancelling took the end of the line away: draw it again, as far as it still goes.
      this.param.linearRampToValueAtTime(reached, at);
    } else {
      this.param.setValueAtTime(reached, at);
    }
    this.param.linearRampToValueAtTime(value, at + FADE_S);
    this.from = reached;
    this.to = value;
    this.start = at;
  }

  private valueAt(time: number): number {
    const share = Math.min(1, Math.max(0, (time - this.start) / FADE_S));
    return this.from + (this.to - this.from) * share;
  }
}
