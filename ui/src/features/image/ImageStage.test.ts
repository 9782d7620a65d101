import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { i18n } from '../../i18n/i18n.svelte';
import type { CandidateView, ImageView } from '../../ipc/bindings';
import type { StageAction } from '../annotate/stage';
import type { ImageAddresses } from './gallery';
import ImageStage from './ImageStage.svelte';
import { sitting } from './sitting.svelte';

/** Addresses in the order in which they were asked for. */
let asked: string[];
/** Images that wait for the test. */
let held: Map<string, HTMLImageElement[]>;
let broken: Set<string>;
let hold: boolean;

const backend = (): ImageAddresses => ({
  imageUrl: (id, edge) => `image:${id}@${edge}`,
  regionUrl: (id, x, y, width, height) => `region:${id}@${x},${y},${width},${height}`,
  animationUrl: (id) => `animation:${id}`,
});

function candidate(id: string, image: Partial<ImageView> = {}): CandidateView {
  return {
    id: `c-${id}`,
    turns: [],
    media: {
      id,
      image: { width: 1024, height: 768, format: 'png', animated: false, ...image },
      audio: null,
      problem: null,
    },
    steps: null,
    system: null,
  };
}

const pair = () => [candidate('a'), candidate('b')];

function finish(image: HTMLImageElement, address: string) {
  Object.defineProperty(image, 'naturalWidth', { value: 512, configurable: true });
  Object.defineProperty(image, 'naturalHeight', { value: 384, configurable: true });
  const name = broken.has(address.replace(/^\w+:|@.*$/g, '')) ? 'error' : 'load';
  queueMicrotask(() => image.dispatchEvent(new Event(name)));
}

function arrive(id: string) {
  for (const [address, images] of held) {
    if (!address.startsWith(`image:${id}@`)) continue;
    held.delete(address);
    for (const image of images) finish(image, address);
  }
}

beforeEach(() => {
  asked = [];
  held = new Map();
  broken = new Set();
  hold = false;
  sitting.reset();
  i18n.set('en');
  vi.spyOn(HTMLImageElement.prototype, 'src', 'set').mockImplementation(function (
    this: HTMLImageElement,
    address: string,
  ) {
    asked.push(address);
    if (hold) held.set(address, [...(held.get(address) ?? []), this]);
    else finish(this, address);
  });
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(450);
});

afterEach(() => vi.restoreAllMocks());

function show(props: Partial<Parameters<typeof ImageStage>[1]> = {}) {
  const rendered = render(ImageStage, {
    backend: backend(),
    candidates: pair(),
    chosen: [],
    earlier: [],
    disabled: false,
    ...props,
  });
  const perform = async (action: StageAction) => {
    const done = rendered.component.perform(action);
    await tick();
    return done;
  };
  return { ...rendered, perform };
}

const stage = () => screen.getByTestId('image-stage');
const shown = async () => waitFor(() => expect(stage()).toHaveAttribute('aria-busy', 'false'));
const zoom = () => screen.getByTestId('zoom').textContent;
const headings = () => screen.getAllByRole('heading').map((one) => one.textContent);
const alts = () => screen.getAllByRole('img').map((one) => one.getAttribute('aria-label'));

/** jsdom has no pointer events. */
function pointer(target: Element, type: string, clientX = 0, pointerId = 1) {
  const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientX });
  return fireEvent(target, Object.assign(event, { pointerId }));
}

describe('a pair', () => {
  it('is shown when both images are there, never one before the other', async () => {
    hold = true;
    show();
    arrive('a');
    await Promise.resolve();
    expect(stage()).toHaveAttribute('aria-busy', 'true');
    expect(screen.getAllByRole('status').map((one) => one.textContent)).toContain(
      'Loading the images…',
    );
    arrive('b');
    await shown();
    expect(screen.queryByText('Loading the images…')).toBeNull();
  });

  it.each(['side', 'split', 'difference', 'single'] as const)(
    'leaves nothing of the one before to be seen (%s)',
    async (layout) => {
      sitting.layout = layout;
      const { rerender } = show();
      await shown();
      hold = true;
      await rerender({ candidates: [candidate('c'), candidate('d')] });
      expect(stage()).toHaveAttribute('aria-busy', 'true');
      expect(screen.queryAllByRole('img')).toEqual([]);
      arrive('c');
      arrive('d');
      await shown();
      expect(screen.getAllByRole('img')).not.toEqual([]);
    },
  );

  it('is named by place, size and format, never by file', async () => {
    show({ candidates: [candidate('a', { format: 'webp' }), candidate('b', { format: 'jpeg' })] });
    await shown();
    expect(headings()).toEqual(['1 · Left', '2 · Right']);
    expect(alts()).toEqual(['Image 1, 1024 × 768', 'Image 2, 1024 × 768']);
    expect(screen.getByText('1024 × 768 · WebP')).toBeVisible();
    expect(screen.getByText('1024 × 768 · JPEG')).toBeVisible();
  });

  it('is named by its size alone while the format is not told', () => {
    show({ candidates: [candidate('a', { format: '' }), candidate('b', { format: '' })] });
    expect(screen.getAllByText('1024 × 768')).toHaveLength(2);
  });

  it('asks for previews as large as the panes', async () => {
    show({ candidates: [candidate('a', { width: 12_240, height: 8160 }), candidate('b')] });
    await shown();
    expect(asked).toEqual(['image:a@1024', 'image:b@1024']);
  });

  it('shows the system and the caption where there are any', async () => {
    const [a, b] = pair() as [CandidateView, CandidateView];
    show({
      candidates: [
        { ...a, system: 'first-model', turns: [{ role: 'assistant', text: 'A lake.' }] },
        b,
      ],
    });
    expect(screen.getByText('first-model')).toBeVisible();
    expect(within(screen.getByLabelText('Left, caption')).getByText('A lake.')).toBeVisible();
  });

  it('is chosen by its buttons', async () => {
    const prefer = vi.fn();
    const { rerender } = show({ prefer, chosen: ['c-a'] });
    expect(screen.getByRole('button', { name: 'Chosen: Left' })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Choose: Right' }));
    expect(prefer.mock.calls).toEqual([['c-b']]);
    await rerender({ disabled: true });
    expect(screen.getByRole('button', { name: 'Choose: Right' })).toBeDisabled();
  });
});

describe('layouts', () => {
  it('are stepped through, and stay for the next pair', async () => {
    const { perform, rerender } = show();
    await shown();
    const seen = [];
    for (let n = 0; n < 4; n += 1) {
      await perform('next-layout');
      seen.push(stage().dataset.layout);
    }
    expect(seen).toEqual(['split', 'difference', 'single', 'side']);
    await userEvent.click(screen.getByRole('button', { name: 'Difference' }));
    expect(alts()).toEqual(['Difference between image 1 and image 2']);
    await rerender({ candidates: [candidate('c'), candidate('d')] });
    expect(stage().dataset.layout).toBe('difference');
  });

  it('say that images of different size are fitted to one frame', async () => {
    const { perform } = show({
      candidates: [candidate('a'), candidate('b', { width: 512, height: 384 })],
    });
    await shown();
    expect(screen.queryByText(/differ in size/)).toBeNull();
    await perform('next-layout');
    expect(screen.getByText(/differ in size/)).toBeVisible();
  });

  it('have a divider that is moved by keys', async () => {
    const { perform } = show();
    await shown();
    await perform('next-layout');
    const divider = screen.getByRole('slider', { name: 'Divider between the images' });
    await fireEvent.input(divider, { target: { value: '30' } });
    expect(sitting.split).toBeCloseTo(0.3);
  });

  it('amplify a difference', async () => {
    const { perform } = show();
    await shown();
    await perform('next-layout');
    await perform('next-layout');
    await userEvent.click(screen.getByRole('button', { name: 'Difference 16 times as bright' }));
    expect(sitting.gain).toBe(16);
  });

  it('of more than two are a grid and one at a time', async () => {
    const ten = Array.from({ length: 10 }, (_, n) => candidate(`k${n}`));
    const { perform } = show({ candidates: ten });
    await shown();
    expect(alts()).toHaveLength(10);
    expect(await perform('flicker-on')).toBe(false);
    await perform('next-layout');
    await userEvent.click(screen.getByRole('button', { name: 'Candidate 7' }));
    expect(alts()).toEqual(['Image 7, 1024 × 768']);
    expect(await perform('flicker-on')).toBe(true);
    expect(alts()).toEqual(['Image 1, 1024 × 768']);
    await perform('flicker-off');
    expect(alts()).toEqual(['Image 7, 1024 × 768']);
  });
});

describe('flicker', () => {
  it.each<[string, (perform: (action: StageAction) => unknown) => unknown]>([
    ['the key is let go', (perform) => perform('flicker-off')],
    ['the window loses the focus', () => fireEvent.blur(window)],
    ['the window is hidden', () => fireEvent(document, new Event('visibilitychange'))],
  ])('swaps in place until %s', async (_, end) => {
    const { perform } = show();
    await shown();
    await perform('flicker-on');
    // A held key repeats.
    await perform('flicker-on');
    expect(headings()).toEqual(['2 · Right', '1 · Left']);
    expect(alts()).toEqual(['Image 2, 1024 × 768', 'Image 1, 1024 × 768']);
    await end(perform);
    expect(headings()).toEqual(['1 · Left', '2 · Right']);
  });

  it('is held by the mouse', async () => {
    show();
    await shown();
    const button = screen.getByRole('button', { name: 'Flicker' });
    await pointer(button, 'pointerdown');
    expect(headings()).toEqual(['2 · Right', '1 · Left']);
    await pointer(button, 'pointerup');
    expect(headings()).toEqual(['1 · Left', '2 · Right']);
  });

  it('is held by the keyboard on its button, without reaching the page', async () => {
    const page = vi.fn();
    window.addEventListener('keydown', page);
    show();
    await shown();
    const button = screen.getByRole('button', { name: 'Flicker' });
    await fireEvent.keyDown(button, { key: ' ' });
    expect(headings()).toEqual(['2 · Right', '1 · Left']);
    await fireEvent.keyUp(button, { key: ' ' });
    expect(headings()).toEqual(['1 · Left', '2 · Right']);
    expect(page).not.toHaveBeenCalled();
    window.removeEventListener('keydown', page);
  });

  it('shows the images of a difference in turn', async () => {
    const { perform } = show();
    await shown();
    await perform('next-layout');
    await perform('next-layout');
    const seen = [];
    for (let n = 0; n < 3; n += 1) {
      await perform('flicker-on');
      seen.push(alts());
      await perform('flicker-off');
    }
    expect(seen.flat()).toEqual([
      'Image 1, 1024 × 768',
      'Image 2, 1024 × 768',
      'Image 1, 1024 × 768',
    ]);
  });
});

describe('zoom', () => {
  it('is stepped, fitted and 1:1 by keys and by mouse', async () => {
    const { perform } = show();
    await shown();
    expect(zoom()).toBe('59%');
    await perform('zoom-in');
    expect(zoom()).toBe('67%');
    await perform('actual-size');
    expect(zoom()).toBe('100%');
    expect(screen.getByRole('button', { name: '1:1' })).toHaveAttribute('aria-pressed', 'true');
    await userEvent.click(screen.getByRole('button', { name: 'Zoom in' }));
    expect(zoom()).toBe('150%');
    await userEvent.click(screen.getByRole('button', { name: 'Fit' }));
    expect(zoom()).toBe('59%');
  });

  it('follows the wheel, and a double click goes to 1:1 and back', async () => {
    show();
    await shown();
    const [viewport] = screen.getAllByTestId('image-viewport');
    await fireEvent.wheel(viewport!, { deltaY: -120 });
    expect(Number.parseInt(zoom() ?? '', 10)).toBeGreaterThan(59);
    await fireEvent.dblClick(viewport!);
    expect(zoom()).toBe('59%');
    await fireEvent.dblClick(viewport!);
    expect(zoom()).toBe('100%');
  });

  it('of 1:1 stays for the next pair, in the middle', async () => {
    const { perform, rerender } = show();
    await shown();
    await perform('actual-size');
    await perform('pan-left');
    expect(sitting.view.x).toBeLessThan(0.5);
    await rerender({ candidates: [candidate('c'), candidate('d')] });
    expect(zoom()).toBe('100%');
    expect(sitting.view.x).toBe(0.5);
  });

  it('drags every image', async () => {
    const { perform } = show();
    await shown();
    await perform('actual-size');
    const viewport = screen.getAllByTestId('image-viewport')[1]!;
    await pointer(viewport, 'pointerdown', 100);
    await pointer(viewport, 'pointermove', 0);
    await pointer(viewport, 'pointerup', 0);
    await pointer(viewport, 'pointermove', 300);
    expect(sitting.view.x).toBeCloseTo(0.5 + 100 / 1024, 2);
  });

  it('follows two fingers', async () => {
    show();
    await shown();
    const viewport = screen.getAllByTestId('image-viewport')[0]!;
    await pointer(viewport, 'pointerdown', 100, 1);
    await pointer(viewport, 'pointerdown', 200, 2);
    await pointer(viewport, 'pointermove', 300, 2);
    expect(zoom()).toBe('117%');
    await pointer(viewport, 'pointerup', 300, 2);
    await pointer(viewport, 'pointerup', 100, 1);
  });

  it('beyond the previews asks for the tiles that are seen', async () => {
    const huge = { width: 12_240, height: 8160 };
    const { perform } = show({ candidates: [candidate('a', huge), candidate('b', huge)] });
    await shown();
    await perform('actual-size');
    await waitFor(() => expect(asked.some((one) => one.startsWith('region:b'))).toBe(true));
    const tiles = asked.filter((one) => one.startsWith('region:a'));
    expect(tiles.length).toBeLessThanOrEqual(6);
    expect(tiles).toContain('region:a@5632,3584,512,512');
    expect(asked.filter((one) => one.startsWith('image:a'))).toEqual([
      'image:a@1024',
      'image:a@4096',
    ]);
  });
});

describe('what cannot be shown', () => {
  it('is said in its pane; the rest stays', async () => {
    const [a, b] = pair() as [CandidateView, CandidateView];
    show({ candidates: [a, { ...b, media: { ...b.media!, problem: 'The file is gone.' } }] });
    await shown();
    expect(screen.getByRole('alert')).toHaveTextContent('The file is gone.');
    expect(alts()).toEqual(['Image 1, 1024 × 768']);
    expect(screen.getByRole('button', { name: 'Split' })).toBeDisabled();
  });

  it('is tried again when asked to', async () => {
    broken.add('b');
    show();
    await shown();
    expect(screen.getByRole('alert')).toHaveTextContent('could not be loaded');
    broken.clear();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect(alts()).toHaveLength(2);
  });

  it('leaves nothing to zoom where it is all there is', async () => {
    broken = new Set(['a', 'b']);
    const { perform } = show();
    await waitFor(() => expect(screen.getAllByRole('alert')).toHaveLength(2));
    expect(await perform('zoom-in')).toBe(false);
    expect(screen.getByRole('button', { name: 'Zoom in' })).toBeDisabled();
  });
});

describe('moving images', () => {
  const animated = () => [
    candidate('a', { animated: true, format: 'gif' }),
    candidate('b', { animated: true, format: 'gif' }),
  ];

  const motion = () =>
    [...document.querySelectorAll('img')].map((image) => image.getAttribute('src'));

  it('move, and can be stopped', async () => {
    show({ candidates: animated() });
    await shown();
    expect(motion()).toEqual(['animation:a', 'animation:b']);
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
    expect(motion()).toEqual([]);
  });

  it('wait for a click where motion is to be reduced', async () => {
    vi.stubGlobal('matchMedia', (query: string) => ({
      matches: query.includes('reduced-motion'),
      addEventListener: () => {},
      removeEventListener: () => {},
    }));
    show({ candidates: animated() });
    await shown();
    expect(motion()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Play' }));
    expect(motion()).toEqual(['animation:a', 'animation:b']);
    vi.unstubAllGlobals();
  });
});

describe('the next comparisons', () => {
  it('are loaded ahead, three of them at most', async () => {
    const next = Array.from({ length: 10 }, (_, n) => candidate(`n${n}`));
    show({ prefetch: next });
    await waitFor(() => expect(asked).toContain('image:n5@1024'));
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked.filter((one) => one.startsWith('image:n'))).toHaveLength(6);
  });

  it('are shown at once', async () => {
    const next = [candidate('n0'), candidate('n1')];
    const { rerender } = show({ prefetch: next });
    await waitFor(() => expect(asked).toContain('image:n1@1024'));
    await new Promise((resolve) => setTimeout(resolve));
    await rerender({ candidates: next, prefetch: [] });
    expect(stage()).toHaveAttribute('aria-busy', 'false');
    expect(asked.filter((one) => one.startsWith('image:n0'))).toHaveLength(1);
  });
});

it('speaks German', async () => {
  i18n.set('de');
  show();
  await shown();
  expect(alts()[0]).toBe('Bild 1, 1024 × 768');
  expect(screen.getByRole('button', { name: 'Einpassen' })).toBeVisible();
});
