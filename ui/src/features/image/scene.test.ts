import { expect, test } from 'vitest';

import { sceneOf, seenOf, type Picture } from './scene';
import { FIT } from './view';

const pane = { width: 200, height: 100, ratio: 1 };
const picture = (index: number, width: number, height: number): Picture => ({
  index,
  media: `m${index}`,
  animated: false,
  width,
  height,
});

test.each([
  // A wide and a tall image: each shows on its side of the divider, and nowhere beyond itself.
  [0.5, { x: 0, width: 100 }, { x: 100, width: 25 }],
  [0.25, { x: 0, width: 50 }, { x: 75, width: 50 }],
  [0.9, { x: 0, width: 180 }, { x: 180, width: 0 }],
])('a divider at %f', (split, wide, tall) => {
  const pictures = [picture(0, 400, 200), picture(1, 100, 200)];
  const { layers } = sceneOf(pictures, pictures[0]!, FIT, pane, { split, limit: 4096 });
  expect(layers.map((layer) => seenOf(layer, pane))).toEqual([
    { ...wide, y: 0, height: 100 },
    { ...tall, y: 0, height: 100 },
  ]);
});
