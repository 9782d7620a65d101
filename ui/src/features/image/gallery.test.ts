import { beforeEach, describe, expect, it } from 'vitest';

import { Gallery, TILES, type ImageAddresses } from './gallery';
import type { Tile } from './detail';

const addresses: ImageAddresses = {
  imageUrl: (id, edge) => `${id}@${edge}`,
  regionUrl: (id, x, y) => `${id}:${x},${y}`,
  animationUrl: (id) => id,
};

interface Asked {
  url: string;
  arrive: () => Promise<void>;
  fail: () => Promise<void>;
  image: HTMLImageElement;
}

let asked: Asked[];
let gallery: Gallery;
const urls = () => asked.map(({ url }) => url);

/** Lets what waits for a settled promise run. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

beforeEach(() => {
  asked = [];
  gallery = new Gallery(
    addresses,
    (image, url) =>
      new Promise<void>((resolve, reject) => {
        asked.push({
          url,
          image,
          arrive: () => (resolve(), settled()),
          fail: () => (reject(new Error()), settled()),
        });
      }),
  );
});

const tile = (n: number): Tile => ({ key: `${n},0`, x: n * 512, y: 0, width: 512, height: 512 });

describe('previews', () => {
  it('are asked for once, and the one that suits best is taken', async () => {
    gallery.pin(['a']);
    for (const edge of [1024, 4096, 1024]) void gallery.need('a', edge);
    expect(urls()).toEqual(['a@1024', 'a@4096']);
    expect(gallery.preview('a', 1024)).toBeNull();
    await asked[0]!.arrive();
    expect(gallery.preview('a', 4096)?.edge).toBe(1024);
    await asked[1]!.arrive();
    expect([512, 1024, 2048, 4096].map((edge) => gallery.preview('a', edge)?.edge)).toEqual([
      1024, 1024, 4096, 4096,
    ]);
  });

  it('tell what arrives, and what fails until it is tried again', async () => {
    let changes = 0;
    const forget = gallery.onChange(() => (changes += 1));
    gallery.pin(['a']);
    void gallery.need('a', 1024);
    await asked[0]!.fail();
    expect(gallery.failed('a')).toBe(true);
    expect(changes).toBe(1);
    gallery.retry('a');
    expect(gallery.failed('a')).toBe(false);
    await asked[1]!.arrive();
    expect(gallery.preview('a', 1024)).not.toBeNull();
    forget();
    void gallery.need('a', 2048);
    await asked[2]!.fail();
    expect(gallery.failed('a')).toBe(false);
    expect(changes).toBe(3);
  });

  it('of one that failed are asked for again in another comparison', async () => {
    gallery.pin(['a']);
    void gallery.need('a', 512);
    await asked[0]!.fail();
    gallery.pin(['b']);
    gallery.pin(['a']);
    void gallery.need('a', 512);
    expect(urls()).toEqual(['a@512', 'a@512']);
  });

  it('are bounded, those on the screen excepted', async () => {
    gallery.pin(['kept']);
    void gallery.need('kept', 4096);
    await asked[0]!.arrive();
    for (let n = 0; n < 30; n += 1) {
      void gallery.need(`p${n}`, 4096);
      await asked.at(-1)!.arrive();
    }
    void gallery.need('last', 512);
    expect(gallery.preview('kept', 4096)).not.toBeNull();
    expect(gallery.preview('p0', 4096)).toBeNull();
    expect(gallery.preview('p29', 4096)).not.toBeNull();
    expect(gallery.counts.previews).toBeLessThan(10);
  });
});

describe('looking ahead', () => {
  it('begins when nothing else is awaited, one after the other, without haste', async () => {
    void gallery.need('now', 1024);
    gallery.lookAhead([
      { id: 'next', edge: 1024 },
      { id: 'later', edge: 1024 },
    ]);
    expect(urls()).toEqual(['now@1024']);
    await asked[0]!.arrive();
    expect(urls()).toEqual(['now@1024', 'next@1024']);
    expect(asked[1]!.image.fetchPriority).toBe('low');
    await asked[1]!.fail();
    expect(urls().at(-1)).toBe('later@1024');
    await asked[2]!.arrive();
    expect(gallery.preview('later', 1024)).not.toBeNull();
  });
});

describe('tiles', () => {
  it('are asked for a few at a time, the first ones first', async () => {
    gallery.needTiles(Array.from({ length: 20 }, (_, n) => ({ id: 'a', tile: tile(n) })));
    expect(urls()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `a:${n * 512},0`));
    await asked[2]!.arrive();
    expect(urls().at(-1)).toBe('a:3072,0');
    expect(gallery.tile('a', tile(2))).not.toBeNull();
    expect(gallery.tile('a', tile(3))).toBeNull();
  });

  it('that are no longer looked at are not waited for', async () => {
    gallery.needTiles(Array.from({ length: 12 }, (_, n) => ({ id: 'a', tile: tile(n) })));
    gallery.needTiles([{ id: 'b', tile: tile(0) }]);
    expect(urls().at(-1)).toBe('b:0,0');
    expect(asked).toHaveLength(7);
    await asked[0]!.arrive();
    expect(gallery.tile('a', tile(0))).toBeNull();
    expect(asked).toHaveLength(7);
  });

  it('are bounded', async () => {
    for (let n = 0; n < TILES + 40; n += 1) {
      gallery.needTiles([{ id: 'a', tile: tile(n) }]);
      await asked[n]!.arrive();
    }
    expect(gallery.counts.tiles).toBe(TILES);
    expect(gallery.tile('a', tile(0))).toBeNull();
    expect(gallery.tile('a', tile(TILES + 39))).not.toBeNull();
  });
});
