/** What the annotator set up for looking at images: it stays from pair to pair. */
import { layoutFor, type Gain, type Layout } from './layout';
import { ACTUAL, FIT, type View } from './view';

class Sitting {
  layout = $state<Layout>('side');
  view = $state.raw<View>(FIT);
  /** How much a difference is enlarged. */
  gain = $state<Gain>(1);
  /** Where the split is, as a part of the pane's width. */
  split = $state(0.5);
  /** Whether moving images move; null is as the system's settings have it. */
  moving = $state<boolean | null>(null);

  /** For the next pair: the kind of zoom stays, the place that was looked at does not. */
  begin(): void {
    this.view = this.view.basis === 'fit' ? FIT : ACTUAL;
  }

  layoutOf(count: number): Layout {
    return layoutFor(this.layout, count);
  }

  reset(): void {
    this.layout = 'side';
    this.view = FIT;
    this.gain = 1;
    this.split = 0.5;
    this.moving = null;
  }
}

export const sitting = new Sitting();
