import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import * as plots from './plot';
import type { Marks } from './plot';
import PlotFigure from './PlotFigure.svelte';

const points = [
  { at: 1, value: 0.5 },
  { at: 2, value: 0.7 },
];

const PROPS = {
  title: 'Accuracy',
  words: 'It rises from 50% to 70%.',
  draw: (marks: Marks) => ({ marks: [marks.dot(points, { x: 'at', y: 'value' })] }),
  table: {
    columns: [{ name: 'Labels' }, { name: 'Share', number: true }],
    rows: [
      ['1', '50%'],
      ['2', '70%'],
    ],
  },
  testid: 'plot',
  note: 'Dots: trainings.',
};

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test('is a picture with a name, and a table at the press of a key', async () => {
  const user = userEvent.setup();
  render(PlotFigure, PROPS);
  const picture = await screen.findByRole('img', { name: PROPS.words });
  expect(picture.querySelectorAll('circle')).toHaveLength(2);
  expect(screen.getByText('Dots: trainings.')).toBeInTheDocument();
  expect(screen.queryByRole('table')).toBeNull();

  await user.tab();
  const button = screen.getByRole('button', { name: 'Table: Accuracy' });
  expect(button).toHaveFocus();
  await user.keyboard('{Enter}');
  expect(button).toHaveAttribute('aria-pressed', 'true');
  expect(screen.getByRole('table', { name: PROPS.words })).toBeInTheDocument();
  expect(screen.getAllByRole('columnheader').map((one) => one.textContent)).toEqual([
    'Labels',
    'Share',
  ]);
  expect(screen.getAllByRole('row')).toHaveLength(3);
  expect(screen.queryByRole('img')).toBeNull();
  // The table scrolls: keys reach it.
  await user.tab();
  expect(screen.getByRole('table').parentElement).toHaveFocus();

  await user.click(button);
  expect(screen.getByRole('img', { name: PROPS.words })).toBeInTheDocument();
});

test('is drawn again when what it shows changes', async () => {
  const { rerender } = render(PlotFigure, PROPS);
  await screen.findByRole('img');
  const more = [...points, { at: 3, value: 0.8 }];
  await rerender({
    words: 'It rises to 80%.',
    draw: (marks: Marks) => ({ marks: [marks.dot(more, { x: 'at', y: 'value' })] }),
  });
  const picture = await screen.findByRole('img', { name: 'It rises to 80%.' });
  expect(picture.querySelectorAll('circle')).toHaveLength(3);
});

test('without the chart library there is the table', async () => {
  vi.spyOn(plots, 'marks').mockRejectedValue(new Error('not there'));
  render(PlotFigure, PROPS);
  await waitFor(() => expect(screen.getByRole('table')).toBeInTheDocument());
  expect(screen.getByText(/cannot be drawn/)).toBeInTheDocument();
  expect(screen.getByTestId('plot-table')).toBeDisabled();
});
