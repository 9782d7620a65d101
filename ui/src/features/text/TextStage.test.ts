import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { describe, expect, test, vi } from 'vitest';

import type { CandidateView, HighlightView, StepView } from '../../ipc/bindings';
import TextStage from './TextStage.svelte';

function candidate(id: string, text: string, steps: string[] | null = null): CandidateView {
  return { id, turns: [{ role: 'assistant', text }], media: null, steps, system: null };
}

const PAIR = [candidate('a', 'The **quick** brown 🦊.'), candidate('b', 'The **slow** brown 🦊.')];

function stage(props: Record<string, unknown> = {}) {
  let highlights: HighlightView[] = [];
  let steps: StepView[] = [];
  const mark = vi.fn((next: HighlightView[]) => {
    highlights = next;
    void shown.rerender({ highlights });
  });
  const markSteps = vi.fn((next: StepView[]) => {
    steps = next;
    void shown.rerender({ steps });
  });
  const all = { candidates: PAIR, highlighting: 'optional', mark, markSteps, ...props };
  const shown = render(TextStage, { props: all as never });
  return {
    ...shown,
    mark,
    highlights: () => highlights,
    steps: () => steps,
    perform: async (action: string) => {
      const used = (shown.component as unknown as { perform(a: string): boolean }).perform(action);
      await tick();
      await tick();
      return used;
    },
  };
}

const pane = (index: number): HTMLElement => screen.getByTestId(`candidate-${index}`);

async function drag(node: Node, from: number, to: number, end: Node = node): Promise<void> {
  document.getSelection()!.setBaseAndExtent(node, from, end, to);
  await fireEvent.pointerUp(node.parentElement!);
  await new Promise((resolve) => setTimeout(resolve));
  await tick();
}

const bold = (index: number): Node => pane(index).querySelector('strong')!.firstChild!;

describe('marking with the mouse', () => {
  test('a selection is marked, with a reason', async () => {
    const user = userEvent.setup();
    const { highlights } = stage();
    await drag(bold(0), 0, 5);
    await user.click(screen.getByTestId('mark-good'));
    await user.type(screen.getByTestId('mark-reason'), 'apt{Enter}');
    expect(highlights()).toEqual([
      { candidate: 'a', turn: 0, start: 6, end: 11, good: true, reason: 'apt' },
    ]);
    expect(pane(0).querySelector('mark.good')).toHaveTextContent('quick');
    expect(screen.queryByTestId('mark-popover')).toBeNull();
  });

  test('a mark is changed and taken away', async () => {
    const user = userEvent.setup();
    const { highlights } = stage();
    await drag(bold(0), 0, 5);
    await user.keyboard('-');
    await user.keyboard('{Escape}');
    expect(highlights()).toMatchObject([{ good: false, reason: null }]);
    document.getSelection()!.removeAllRanges();
    await fireEvent.pointerUp(pane(0).querySelector('mark.bad')!);
    await user.click(await screen.findByTestId('mark-good'));
    expect(highlights()).toMatchObject([{ good: true }]);
    await user.click(screen.getByTestId('mark-remove'));
    expect(highlights()).toEqual([]);
    expect(pane(0).querySelector('mark')).toBeNull();
  });

  test('offsets count characters', async () => {
    const user = userEvent.setup();
    const { highlights } = stage();
    const last = pane(0).querySelector('p')!.lastChild!;
    await drag(last, last.textContent!.indexOf('🦊'), last.textContent!.length);
    await user.keyboard('{+}');
    expect(highlights()).toMatchObject([{ start: 20, end: 22 }]);
  });

  test('the same stretch is opened again, not marked twice', async () => {
    const user = userEvent.setup();
    const { highlights } = stage();
    await drag(bold(0), 0, 5);
    await user.keyboard('{+}');
    await user.keyboard('{Escape}');
    await drag(pane(0).querySelector('mark')!.firstChild!, 0, 5);
    expect(screen.getByTestId('mark-remove')).toBeInTheDocument();
    await user.click(screen.getByTestId('mark-bad'));
    expect(highlights()).toMatchObject([{ good: false }]);
  });

  test('what has no place in the source is said, with a way out', async () => {
    const user = userEvent.setup();
    const { mark } = stage({ candidates: [candidate('a', '- [x] done'), PAIR[1]] });
    await drag(pane(0).querySelector('li')!.firstChild!, 0, 1);
    expect(screen.getByRole('alert')).toHaveTextContent('cannot be told apart');
    await user.click(within(screen.getByRole('alert')).getByRole('button'));
    expect(pane(0)).toHaveTextContent('- [x] done');
    expect(mark).not.toHaveBeenCalled();
  });

  test('a selection over two turns is refused', async () => {
    const turns = ['one', 'two'].map((text) => ({ role: 'user', text }));
    stage({ candidates: [{ ...PAIR[0], turns }, PAIR[1]] });
    const [first, second] = pane(0).querySelectorAll('.markdown p');
    await drag(first!.firstChild!, 0, 2, second!.firstChild!);
    expect(screen.getByRole('alert')).toHaveTextContent('within one turn');
  });

  test.each([
    ['the study does not ask', { highlighting: 'off' }],
    ['nothing can be answered now', { disabled: true }],
  ])('not where %s', async (_, props) => {
    const { perform } = stage(props);
    await drag(bold(0), 0, 5);
    expect(screen.queryByTestId('mark-popover')).toBeNull();
    expect(await perform('highlight')).toBe(false);
  });
});

describe('marking with the keys', () => {
  test('words are gone through, extended, marked and left', async () => {
    const user = userEvent.setup();
    const pressed: string[] = [];
    const listen = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented) pressed.push(event.key);
    };
    window.addEventListener('keydown', listen);
    const { perform, highlights } = stage();
    expect(await perform('highlight')).toBe(true);
    expect(screen.getByRole('application')).toHaveFocus();
    expect(String(document.getSelection())).toBe('The');
    await user.keyboard('{ArrowRight}{Shift>}{ArrowRight}{/Shift}');
    expect(String(document.getSelection())).toBe('quick brown');
    await user.keyboard('g');
    await user.keyboard('fast{Enter}');
    expect(highlights()).toEqual([
      { candidate: 'a', turn: 0, start: 6, end: 19, good: true, reason: 'fast' },
    ]);
    await user.keyboard('12b');
    expect(highlights()).toMatchObject([{ good: false }]);
    await user.keyboard('{Escape}{Delete}');
    expect(highlights()).toEqual([]);
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('application')).toBeNull();
    window.removeEventListener('keydown', listen);
    // Letters typed into the reason are the field's; no other key came through.
    expect(pressed.filter((key) => !/^(Shift|[fast])$/.test(key))).toEqual([]);
  });

  test('Tab goes to the next answer, raw keeps the word', async () => {
    const user = userEvent.setup();
    const { perform, highlights } = stage();
    await perform('highlight');
    await user.keyboard('{Tab}{ArrowRight}');
    expect(String(document.getSelection())).toBe('slow');
    await perform('raw');
    await waitFor(() => expect(String(document.getSelection())).toBe('slow'));
    await user.keyboard('b');
    expect(highlights()).toMatchObject([{ candidate: 'b', start: 6, end: 10, good: false }]);
    expect(pane(1).querySelector('.raw mark.bad')).toHaveTextContent('slow');
  });

  test('there may be nothing to mark', async () => {
    const { perform } = stage({ candidates: [candidate('a', ''), PAIR[1]] });
    await perform('highlight');
    expect(screen.getByRole('alert')).toHaveTextContent('no text to mark');
  });
});

test('differences are marked on both sides, and go again', async () => {
  const { perform } = stage();
  expect(await perform('diff')).toBe(true);
  await waitFor(() => expect(pane(0).querySelector('del.change')).toHaveTextContent('quick'));
  expect(pane(1).querySelector('ins.change')).toHaveTextContent('slow');
  expect(screen.getByTestId('diff-status')).toHaveTextContent('only on the left');
  await perform('diff');
  expect(document.querySelector('.change')).toBeNull();
});

test('marks and differences lie over one another', async () => {
  const highlights = [{ candidate: 'a', turn: 0, start: 0, end: 11, good: true, reason: null }];
  const { perform } = stage({ highlights });
  await perform('diff');
  await waitFor(() => expect(pane(0).querySelector('del.change mark.good')).not.toBeNull());
  expect(pane(0)).toHaveTextContent('The quick brown');
});

test('more than two answers stand in a grid and are not compared', async () => {
  const { perform } = stage({ candidates: [...PAIR, candidate('c', 'third')] });
  expect(await perform('diff')).toBe(false);
  expect(screen.getByRole('region', { name: 'Answer 3' })).toHaveTextContent('third');
});

test('raw shows the source', async () => {
  const { perform } = stage();
  expect(await perform('raw')).toBe(true);
  expect(pane(0)).toHaveTextContent('The **quick** brown');
});

test('what is not for texts is not done', async () => {
  const { perform } = stage();
  expect(await perform('zoom-in')).toBe(false);
  expect(await perform('scroll-line-down')).toBe(true);
});

test('turns say who speaks', () => {
  const turns = ['system', 'user', 'assistant', 'critic'].map((role) => ({ role, text: role }));
  stage({ candidates: [{ ...PAIR[0], turns }, PAIR[1]] });
  const roles = [...pane(0).querySelectorAll('.role')].map((role) => role.textContent);
  expect(roles).toEqual(['System message', 'User', 'Assistant', 'critic']);
});

test('another comparison closes what is open', async () => {
  const { rerender } = stage();
  await drag(bold(0), 0, 5);
  await rerender({ candidates: [candidate('c', 'new'), candidate('d', 'newer')] } as never);
  expect(screen.queryByTestId('mark-popover')).toBeNull();
  await drag(pane(0).querySelector('p')!.firstChild!, 0, 3);
  expect(screen.getByTestId('mark-popover')).toBeInTheDocument();
});

describe('steps', () => {
  const text = 'First, 1 + 1.\n\nThen **3**.\n\nSo 3.';
  const candidates = ['a', 'b'].map((id) => candidate(id, text, text.split('\n\n')));

  test('with the mouse', async () => {
    const user = userEvent.setup();
    const { steps } = stage({ candidates, stepsAsked: 'required' });
    await user.click(within(pane(0)).getByRole('radio', { name: /Step 2/ }));
    expect(steps()).toEqual([{ candidate: 'a', first_wrong: 1 }]);
    await user.click(within(pane(1)).getByRole('radio', { name: /No wrong step/ }));
    expect(steps()).toEqual([
      { candidate: 'a', first_wrong: 1 },
      { candidate: 'b', first_wrong: null },
    ]);
    await user.click(within(pane(0)).getByRole('radio', { name: /Step 2/ }));
    expect(steps()).toEqual([{ candidate: 'b', first_wrong: null }]);
  });

  test('with the keys', async () => {
    const user = userEvent.setup();
    const { steps, perform } = stage({ candidates, stepsAsked: 'required' });
    within(pane(0)).getByRole('radio', { name: /Step 1/ }).focus();
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    expect(steps()).toEqual([{ candidate: 'a', first_wrong: 2 }]);
    await perform('steps');
    expect(steps()).toEqual([{ candidate: 'a', first_wrong: null }]);
  });

  test('one key goes to what is open, and says that no step is wrong', async () => {
    const { steps, perform } = stage({ candidates, stepsAsked: 'required', keys: { steps: 'Y' } });
    const first = (n: number) => within(pane(n)).getByRole('radio', { name: /Step 1/ });
    const list = (n: number) => within(pane(n)).getByRole('radiogroup');
    expect(list(0)).toHaveTextContent('No wrong step Y');
    await perform('steps');
    expect(first(0)).toHaveFocus();
    await perform('steps');
    expect(steps()).toEqual([{ candidate: 'a', first_wrong: null }]);
    expect(list(0)).toHaveFocus();
    await perform('steps');
    expect(first(1)).toHaveFocus();
    await perform('steps');
    await perform('steps');
    expect(steps().map((one) => one.first_wrong)).toEqual([null, null]);
    expect(list(1)).toHaveFocus();
  });

  test('the focus stays in the list that was clicked', async () => {
    const user = userEvent.setup();
    stage({ candidates, stepsAsked: 'required' });
    await user.click(within(pane(0)).getByRole('radio', { name: /No wrong step/ }));
    expect(within(pane(0)).getByRole('radiogroup')).toHaveFocus();
    await user.tab();
    expect(within(pane(0)).getByRole('radio', { name: /No wrong step/ })).toHaveFocus();
  });

  test('the key is of no use where they are not asked about', async () => {
    expect(await stage({ candidates }).perform('steps')).toBe(false);
  });

  test('a passage of a step is marked in its turn', async () => {
    const user = userEvent.setup();
    const { highlights } = stage({ candidates, stepsAsked: 'required' });
    await drag(bold(0), 0, 1);
    await user.keyboard('{+}');
    expect(highlights()).toMatchObject([{ turn: 0, start: 22, end: 23 }]);
  });

  test('are turns where they are not asked about', () => {
    stage({ candidates });
    expect(screen.queryByRole('radio')).toBeNull();
  });
});
