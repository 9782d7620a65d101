/** What the stage shows at the moment, and what can be asked of it. */
import type { CandidateView } from '../../ipc/bindings';
import type { StageAction } from '../annotate/stage';
import { interleaved } from './ahead';
import { largestEdge, type Tile } from './detail';
import { galleryOf, type ImageAddresses } from './gallery';
import type { Gestures } from './gestures';
import { nextLayout, type Layout } from './layout';
import { sceneOf, type Layer, type Picture, type Scene } from './scene';
import { sitting } from './sitting.svelte';
import {
  ACTUAL,
  FIT,
  isActual,
  isFit,
  largest,
  nextScale,
  overflows,
  panBy,
  scaleOf,
  settle,
  toActual,
  zoomBy,
  zoomTo,
  type Pane,
  type Point,
  type Size,
  type View,
} from './view';

/** How far a press of a key pans, as a part of the pane. */
const PAN_STEP = 0.15;
const MIDDLE: Point = { x: 0, y: 0 };
/** A positive number moves the image to the right or down: what is to the left comes into view. */
const PANS: Partial<Record<StageAction, Point>> = {
  'pan-left': { x: PAN_STEP, y: 0 },
  'pan-right': { x: -PAN_STEP, y: 0 },
  'pan-up': { x: 0, y: PAN_STEP },
  'pan-down': { x: 0, y: -PAN_STEP },
};

export class Showing {
  /** Of each pane in CSS pixels, all alike; null until it is known. */
  size = $state.raw<Size | null>(null);
  /** Device pixels to a CSS pixel. */
  ratio = $state(window.devicePixelRatio || 1);
  /** Counts the pictures that arrived or failed. */
  arrived = $state(0);
  /** The image that `single` shows, and the one that was shown before it. */
  at = $state(0);
  other = $state(1);
  private flicker = $state(false);
  /** Which image the difference gives way to. */
  private looked = $state(1);
  /** The comparison whose images have all been there. */
  private complete = $state('');

  constructor(
    private readonly candidates: () => CandidateView[],
    private readonly addresses: () => ImageAddresses,
  ) {}

  readonly gallery = $derived.by(() => galleryOf(this.addresses()));
  readonly count = $derived.by(() => this.candidates().length);
  readonly comparison = $derived.by(() =>
    this.candidates()
      .map(({ id }) => id)
      .join(),
  );

  /** By the candidate's place; null for one that cannot be shown. */
  readonly pictures = $derived.by(() => {
    void this.arrived;
    return this.candidates().map(({ media }, index): Picture | null => {
      if (!media?.image || media.problem !== null || this.gallery.failed(media.id)) return null;
      const { width, height, animated } = media.image;
      return { index, media: media.id, width, height, animated };
    });
  });
  readonly usable = $derived(this.pictures.filter((picture) => picture !== null));
  readonly incomplete = $derived(this.usable.length < this.count);
  readonly ready = $derived.by(() => {
    void this.arrived;
    return this.usable.every(({ media }) => this.gallery.preview(media, 0) !== null);
  });
  /** False until all images are there: none is seen before the others. */
  readonly revealed = $derived(this.ready || this.complete === this.comparison);

  readonly layout = $derived.by((): Layout => {
    const meant = sitting.layoutOf(this.count);
    const both = meant === 'split' || meant === 'difference';
    return this.incomplete && both ? 'side' : meant;
  });
  readonly overlaid = $derived(this.layout !== 'side');
  readonly sizesDiffer = $derived(
    this.usable.some(
      ({ width, height }) =>
        width !== this.usable[0]?.width || height !== this.usable[0]?.height,
    ),
  );
  readonly pane = $derived<Pane>({
    ...(this.size ?? { width: 0, height: 0 }),
    ratio: this.ratio,
  });
  /** What all images are fitted to where they are over each other. */
  readonly frame = $derived(this.usable.length > 0 ? largest(this.usable) : null);
  private readonly frames = $derived(this.overlaid && this.frame ? [this.frame] : this.usable);
  readonly view = $derived(settle(sitting.view, this.frames, this.pane));
  readonly fitted = $derived(isFit(this.view));
  readonly actual = $derived(
    this.size !== null && isActual(this.view, this.frames, this.pane),
  );

  readonly flickerable = $derived(
    !this.incomplete && (this.count === 2 || this.layout === 'single'),
  );
  /** Whether other images than usual are in their places. */
  readonly swapped = $derived(this.flicker && this.flickerable);
  /** The candidates in the order of the places on the screen. */
  readonly shown = $derived.by(() => {
    if (this.layout === 'single') return [this.swapped ? this.other : this.at];
    if (this.layout === 'difference' && this.swapped) return [this.looked];
    const places = this.candidates().map((_, index) => index);
    return this.swapped ? places.reverse() : places;
  });

  private readonly limit = $derived(largestEdge(this.count));
  /** By the place on the screen; where images are over each other, one for all. */
  readonly scenes = $derived.by((): (Scene | null)[] => {
    const { frame, limit, view, pane } = this;
    if (!this.size) return [];
    const shown = this.shown.map((index) => this.pictures[index] ?? null);
    if (!this.overlaid) {
      return shown.map((picture) => picture && sceneOf([picture], picture, view, pane, { limit }));
    }
    const over = shown.filter((picture) => picture !== null);
    if (!frame || over.length === 0) return [null];
    const gain = this.layout === 'difference' && !this.swapped ? sitting.gain : null;
    const split = this.layout === 'split' ? sitting.split : 1;
    return [sceneOf(over, frame, view, pane, { split, gain, limit })];
  });

  /** What each image needs: in full where it is shown, or would be by the press of a key. */
  readonly wanted = $derived.by((): Layer[] => {
    if (!this.size) return [];
    return this.usable.flatMap((picture) => {
      const { index } = picture;
      const near = this.layout !== 'single' || index === this.at || index === this.other;
      const frame = (this.overlaid && this.frame) || picture;
      return sceneOf([picture], frame, near ? this.view : FIT, this.pane, { limit: this.limit })
        .layers;
    });
  });
  /** The tiles to fetch, the most urgent first. */
  readonly tiles = $derived.by((): { id: string; tile: Tile }[] => {
    const seen = (layer: Layer) => this.shown.includes(layer.picture.index);
    const rest = this.wanted.filter((layer) => !seen(layer));
    return [...interleaved(this.wanted.filter(seen)), ...interleaved(rest)];
  });

  /** Device pixels to an image pixel. */
  scale(image: Size | null | undefined): number {
    return image && this.size ? scaleOf(this.view, image, this.pane) : 1;
  }

  readonly scalesDiffer = $derived.by(() => {
    const [first, ...rest] = this.frames.map((image) => this.scale(image));
    return rest.some((scale) => Math.abs(scale / (first ?? 1) - 1) > 0.005);
  });

  /** A new comparison: all of its images, in the middle. */
  begin(): void {
    sitting.begin();
    this.flicker = false;
    this.at = 0;
    this.other = 1;
    this.looked = 1;
  }

  /** Remembers that the images were seen: one that is loaded anew does not hide the others. */
  noteReady(): void {
    if (this.ready) this.complete = this.comparison;
  }

  show(index: number): void {
    if (index === this.at) return;
    this.other = this.at;
    this.at = index;
  }

  moveSplit(to: number): void {
    sitting.split = Math.min(Math.max(to, 0), 1);
  }

  pannable(image: Size): boolean {
    const over = overflows(this.view, image, this.pane);
    return over.x || over.y;
  }

  /** Zooming and panning over one image. */
  gesturesOver(image: Size): Gestures {
    return {
      zoom: (factor, at) => this.look(zoomBy(this.view, factor, at, image, this.pane)),
      drag: (by) => {
        // Where there is nothing to pan, the divider follows the pointer from anywhere.
        if (this.layout === 'split' && !overflows(this.view, image, this.pane).x) {
          this.moveSplit(sitting.split + by.x / this.pane.width);
        } else {
          this.look(panBy(this.view, by, image, this.pane));
        }
      },
      toggle: (at) => this.look(this.fitted ? toActual(this.view, at, image, this.pane) : FIT),
    };
  }

  perform(action: StageAction): boolean {
    const { frame, view, pane } = this;
    if (action === 'flicker-on' || action === 'flicker-off') {
      return this.hold(action === 'flicker-on');
    }
    if (action === 'next-layout') {
      const alone = this.incomplete && this.layout === 'side';
      sitting.layout = alone ? 'single' : nextLayout(this.layout, this.count);
      return true;
    }
    if (!frame) return false;
    const pan = PANS[action];
    if (pan) {
      this.look(panBy(view, { x: pan.x * pane.width, y: pan.y * pane.height }, frame, pane));
      return true;
    }
    switch (action) {
      case 'zoom-in':
      case 'zoom-out': {
        const scale = nextScale(view, action === 'zoom-in' ? 1 : -1, frame, pane);
        this.look(zoomTo(view, scale, MIDDLE, frame, pane));
        return true;
      }
      case 'fit':
        this.look(FIT);
        return true;
      case 'actual-size':
        this.look(this.size ? toActual(view, MIDDLE, frame, pane) : ACTUAL);
        return true;
      default:
        return false;
    }
  }

  /** Shows the other image for as long as a key is held; a held key may repeat. */
  private hold(on: boolean): boolean {
    if (on && !this.flickerable) return false;
    if (on && !this.flicker) this.looked = 1 - this.looked;
    this.flicker = on;
    return true;
  }

  private look(next: View): void {
    sitting.view = settle(next, this.frames, this.pane);
  }
}
