/**
 * The previews and tiles that the page holds. What was not looked at for longest goes first, what
 * is no longer wanted is not waited for, and only so many are asked for at once.
 */
import type { Backend } from '../../ipc/backend';
import type { Tile } from './detail';

export type ImageAddresses = Pick<Backend, 'imageUrl' | 'regionUrl' | 'animationUrl'>;

export interface Preview {
  edge: number;
  image: HTMLImageElement;
}

type Status = 'loading' | 'ready' | 'failed';

interface Held {
  id: string;
  edge: number;
  status: Status;
  image: HTMLImageElement;
  settled: Promise<void>;
}

interface HeldTile {
  status: Status;
  image: HTMLImageElement;
}

/** Previews held beside those on the screen, in pixels: 48 million are 192 MB. */
const PREVIEW_PIXELS = 48e6;
/** Tiles held, a megabyte each. */
export const TILES = 192;
/** Tiles asked for at once. */
const AT_ONCE = 6;

const sizeOf = (held: Held) => (held.edge * held.edge * 2) / 3;

/** Loads and decodes, so that drawing it holds nothing up. */
export async function decoded(image: HTMLImageElement, url: string): Promise<void> {
  image.decoding = 'async';
  const loaded = new Promise<void>((resolve, reject) => {
    image.onload = () => resolve();
    image.onerror = () => reject(new Error('not an image'));
  });
  image.src = url;
  await loaded;
  // Some webviews refuse to decode ahead what they can very well draw.
  await image.decode?.().catch(() => {});
}

export class Gallery {
  private readonly previews = new Map<string, Held>();
  private readonly motions = new Map<string, string>();
  private readonly tiles = new Map<string, HeldTile>();
  private waiting: { key: string; url: string }[] = [];
  private ahead: { id: string; edge: number }[] = [];
  private busyAhead = false;
  private pinned = new Set<string>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly addresses: ImageAddresses,
    private readonly load = decoded,
  ) {}

  /** Calls back after each picture that arrives or fails; returns what ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The candidates on the screen: their previews are kept whatever comes. */
  pin(ids: string[]): void {
    this.pinned = new Set(ids);
    for (const id of this.motions.keys()) if (!this.pinned.has(id)) this.motions.delete(id);
    for (const [key, held] of this.previews) {
      // A failure is forgotten with the comparison: the file may be back the next time.
      if (held.status === 'failed' && !this.pinned.has(held.id)) this.previews.delete(key);
    }
    this.prune();
  }

  /** The preview that suits `edge` best of those that have come. */
  preview(id: string, edge: number): Preview | null {
    let best: Held | null = null;
    for (const held of this.previews.values()) {
      if (held.id !== id || held.status !== 'ready') continue;
      const better =
        best === null ||
        (best.edge < edge ? held.edge > best.edge : held.edge >= edge && held.edge < best.edge);
      if (better) best = held;
    }
    return best && { edge: best.edge, image: best.image };
  }

  /** Whether nothing of the image can be shown. */
  failed(id: string): boolean {
    const held = [...this.previews.values()].filter((one) => one.id === id);
    return held.length > 0 && held.every((one) => one.status === 'failed');
  }

  /** Asks for a preview; settles when it is there or failed. */
  need(id: string, edge: number, priority: 'high' | 'low' = 'high'): Promise<void> {
    const key = `${id}@${edge}`;
    const known = this.previews.get(key);
    if (known) {
      // Looked at last, dropped last.
      this.previews.delete(key);
      this.previews.set(key, known);
      return known.settled;
    }
    const image = new Image();
    image.fetchPriority = priority;
    const held: Held = { id, edge, status: 'loading', image, settled: Promise.resolve() };
    held.settled = this.load(image, this.addresses.imageUrl(id, edge)).then(
      () => this.settle(held, 'ready'),
      () => this.settle(held, 'failed'),
    );
    this.previews.set(key, held);
    this.prune();
    return held.settled;
  }

  /** Forgets that an image failed, and asks again. */
  retry(id: string): void {
    for (const [key, held] of this.previews) {
      if (held.id === id && held.status === 'failed') {
        this.previews.delete(key);
        void this.need(id, held.edge);
      }
    }
    this.changed();
  }

  /** Loads these one after the other once nothing else is awaited, instead of those before. */
  lookAhead(wanted: { id: string; edge: number }[]): void {
    this.ahead = [...wanted];
    void this.loadAhead();
  }

  /** A tile that has come. */
  tile(id: string, tile: Tile): HTMLImageElement | null {
    const held = this.tiles.get(`${id}/${tile.key}`);
    return held?.status === 'ready' ? held.image : null;
  }

  /** The tiles wanted now, of all images; what was wanted before and has not begun is dropped. */
  needTiles(wanted: { id: string; tile: Tile }[]): void {
    const asked = wanted.slice(0, TILES).map(({ id, tile }) => ({
      key: `${id}/${tile.key}`,
      url: () => this.addresses.regionUrl(id, tile.x, tile.y, tile.width, tile.height),
    }));
    const keys = new Set(asked.map(({ key }) => key));
    for (const [key, held] of this.tiles) {
      if (held.status !== 'loading' || keys.has(key)) continue;
      // On its way but no longer looked at: an empty address ends the transfer.
      this.tiles.delete(key);
      held.image.removeAttribute('src');
    }
    this.waiting = [];
    for (const { key, url } of asked) {
      const known = this.tiles.get(key);
      if (known) {
        this.tiles.delete(key);
        this.tiles.set(key, known);
      } else {
        this.waiting.push({ key, url: url() });
      }
    }
    this.loadTiles();
  }

  /** Where a moving image is to be had: one address for each, or it would begin again and again. */
  motion(id: string): string {
    const known = this.motions.get(id) ?? this.addresses.animationUrl(id);
    this.motions.set(id, known);
    return known;
  }

  /** How many of each are held. */
  get counts(): { previews: number; tiles: number } {
    return { previews: this.previews.size, tiles: this.tiles.size };
  }

  private settle(held: Held, status: Status): void {
    held.status = status;
    this.changed();
    void this.loadAhead();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  private async loadAhead(): Promise<void> {
    const awaited = [...this.previews.values()].some((held) => held.status === 'loading');
    if (this.busyAhead || awaited) return;
    const next = this.ahead.shift();
    if (!next) return;
    this.busyAhead = true;
    await this.need(next.id, next.edge, 'low');
    this.busyAhead = false;
    void this.loadAhead();
  }

  private loadTiles(): void {
    let loading = [...this.tiles.values()].filter((held) => held.status === 'loading').length;
    while (loading < AT_ONCE) {
      const next = this.waiting.shift();
      if (!next) return;
      loading += 1;
      const held: HeldTile = { status: 'loading', image: new Image() };
      this.tiles.set(next.key, held);
      this.load(held.image, next.url)
        .then(
          () => (held.status = 'ready'),
          () => (held.status = 'failed'),
        )
        .then(() => {
          if (this.tiles.get(next.key) !== held) return;
          for (const key of this.tiles.keys()) {
            if (this.tiles.size <= TILES) break;
            this.tiles.delete(key);
          }
          this.changed();
          this.loadTiles();
        });
    }
  }

  private prune(): void {
    let pixels = 0;
    for (const held of this.previews.values()) {
      if (!this.pinned.has(held.id)) pixels += sizeOf(held);
    }
    for (const [key, held] of this.previews) {
      if (pixels <= PREVIEW_PIXELS) return;
      if (this.pinned.has(held.id) || held.status === 'loading') continue;
      this.previews.delete(key);
      pixels -= sizeOf(held);
    }
  }
}

const galleries = new WeakMap<ImageAddresses, Gallery>();

/** The one gallery of a backend: what was loaded ahead is found again by the next comparison. */
export function galleryOf(addresses: ImageAddresses): Gallery {
  const known = galleries.get(addresses) ?? new Gallery(addresses);
  galleries.set(addresses, known);
  return known;
}
