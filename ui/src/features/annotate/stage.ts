/**
 * The stage is the part of the screen that shows the candidates: texts, images or clips. The
 * screen around it reads the keys; the stage does what concerns how candidates are shown.
 */

/** What a stage can be asked to do. `flicker` is held: `-on` when pressed, `-off` when let go. */
export type StageAction =
  // text
  | 'raw'
  | 'diff'
  | 'highlight'
  | 'steps'
  // images
  | 'zoom-in'
  | 'zoom-out'
  | 'fit'
  | 'actual-size'
  | 'pan-left'
  | 'pan-right'
  | 'pan-up'
  | 'pan-down'
  | 'next-layout'
  | 'flicker-on'
  | 'flicker-off'
  // clips
  | 'play-pause'
  | 'switch'
  | 'play-left'
  | 'play-right'
  | 'seek-back'
  | 'seek-forward'
  | 'to-start'
  | 'loop-start'
  | 'loop-end'
  | 'loop-clear'
  | 'loudness'
  // all
  | 'scroll-line-down'
  | 'scroll-line-up'
  | 'scroll-page-down'
  | 'scroll-page-up';

/** A view of the candidates. Svelte components export `perform` to be one. */
export interface Stage {
  /** Does what a key asks; false if this stage has no use for it. */
  perform(action: StageAction): boolean;
  /** Tells at once what was heard up to now; only clips have something to tell. */
  flush?(): void;
}
