import { expect, test } from 'vitest';

import { drawn, marks, shares, short } from './plot';

test.each([
  [0.4, 0.8, [], [0.4, 0.8]],
  [0.4, 0.8, [0.61], [0.4, 0.8]],
  [0.4, 0.8, [0.37, 0.92], [0.35, 0.95]],
  [0.4, 0.8, [0.35, 0.95], [0.35, 0.95]],
  [0.4, 0.8, [0, 1], [0, 1]],
])('%d to %d with %j is %j', (from, to, values, domain) =>
  expect(shares(from, to, ...values)).toEqual(domain),
);

test.each([
  ['coding', 6, 'coding'],
  ['coding', 5, 'codi…'],
  ['a b c', 3, 'a…'],
  ['🍏🍏🍏', 2, '🍏…'],
])('%s in %d letters', (text, most, expected) => expect(short(text, most)).toBe(expected));

test('a drawing has one name, and no styles that the policy of the page refuses', async () => {
  const library = await marks();
  const points = [{ x: 1, y: 2 }];
  const options = { marks: [library.dot(points, { x: 'x', y: 'y', ariaLabel: 'a dot' })] };
  const svg = drawn(library, options, 'One dot.');
  expect(svg.getAttribute('role')).toBe('img');
  expect(svg.getAttribute('aria-label')).toBe('One dot.');
  expect(svg.querySelectorAll('circle')).toHaveLength(1);
  expect(svg.querySelectorAll('style, [style], [aria-label]')).toHaveLength(0);
});
