/** Comparisons of every shape: more than two candidates, images, clips, steps, second turns. */
import type { CandidateView, ComparisonView, LoudnessMatch, MediaView } from './bindings';
import { fakeComparison, type FakeItem } from './fake-data';
import type { FakeOptions } from './fake-settings';

type Shape = Pick<FakeOptions, 'modality' | 'k' | 'steps'>;

const IMAGE_PROMPTS = [
  'A lighthouse on a cliff at dusk, oil painting, warm light in the windows',
  'Concentric rings over a colour gradient, clean vector style',
  'A bowl of lemons on a blue tablecloth, photograph, morning light',
];
const CLIP_PROMPTS = [
  'A calm piano piece in A minor, slow, with a soft pad in the background',
  'An upbeat chiptune loop for the menu of a racing game',
  'A string quartet that builds up to one long chord',
];
const LYRICS = 'The lake lies still, the boats are in,\nthe mill has put its lanterns out';

/** The hash that names a file: 64 hexadecimal digits that begin with `ordinal` and `position`. */
const mediaId = (ordinal: number, position: number) =>
  `${ordinal.toString(16).padStart(8, '0')}${position.toString(16)}`.padEnd(64, 'c0ffee');

function picture(ordinal: number, position: number): MediaView {
  const [width, height] = position % 2 === 0 ? [1536, 1024] : [1200, 800];
  const image = { width, height, format: position % 2 === 0 ? 'png' : 'jpeg', animated: false };
  return { id: mediaId(ordinal, position), image, audio: null, problem: null };
}

function clip(ordinal: number, position: number): MediaView {
  const audio = {
    format: position % 2 === 0 ? 'flac' : 'mp3',
    duration_s: 12,
    sample_rate: 22_050,
    channels: 1,
    loudness_lufs: position % 2 === 0 ? -14.2 : -23.5,
    true_peak_dbtp: position % 2 === 0 ? -1.1 : -6.4,
  };
  return { id: mediaId(ordinal, position), image: null, audio, problem: null };
}

function loudness(candidates: CandidateView[]): LoudnessMatch {
  const gains = candidates.map((one) => -23.5 - (one.media?.audio?.loudness_lufs ?? -23.5));
  return { gains_db: gains, target_lufs: -23.5, limited: false };
}

function media(base: ComparisonView, shape: Shape): ComparisonView {
  const music = shape.modality === 'music';
  const prompts = music ? CLIP_PROMPTS : IMAGE_PROMPTS;
  const candidates = Array.from({ length: shape.k }, (_, n) => {
    const position = shape.k === 2 && base.candidates[0]?.id.endsWith('1') ? 1 - n : n;
    return {
      id: `candidate-${base.ordinal}-${position}`,
      turns: music && base.ordinal % 2 === 0 ? [{ role: 'assistant', text: LYRICS }] : [],
      media: music ? clip(base.ordinal, position) : picture(base.ordinal, position),
      steps: null,
      system: null,
    };
  });
  return {
    ...base,
    modality: shape.modality,
    prompt: [{ role: 'user', text: prompts[base.ordinal % prompts.length] ?? '' }],
    context: null,
    candidates,
    loudness: music ? loudness(candidates) : null,
  };
}

const ENDINGS = [
  'It is short and to the point.',
  'An example would have made it clearer.',
  'It repeats the question before it answers.',
  'It ends with a summary of what was said.',
  'It says where it is unsure.',
  'It gives a source for each number.',
  'It answers a different question.',
  'It is polite.',
];

function more(base: ComparisonView, k: number): CandidateView[] {
  const written = base.candidates.slice(0, k);
  const extra = Array.from({ length: Math.max(0, k - 2) }, (_, n): CandidateView => {
    const from = base.candidates[n % 2];
    const text = `${from?.turns[0]?.text.slice(0, 400) ?? ''}\n\n${ENDINGS[n] ?? ''}`;
    return {
      ...(from ?? base.candidates[0]!),
      id: `candidate-${base.ordinal}-${n + 2}`,
      turns: [{ role: 'assistant', text }],
    };
  });
  return [...written, ...extra];
}

/** The steps of an answer: its paragraphs, or its lines where it has one paragraph only. */
function stepsOf(candidate: CandidateView): string[] {
  const text = candidate.turns[0]?.text ?? '';
  const parts = (by: RegExp) => text.split(by).filter((part) => part.trim() !== '');
  const paragraphs = parts(/\n\s*\n/);
  return paragraphs.length > 1 ? paragraphs : parts(/\n/);
}

/** The item as one annotator sees it, in the shape that the options ask for. */
export function fakeShaped(item: FakeItem, ordinal: number, shape: Shape): ComparisonView {
  const base = fakeComparison(item, ordinal);
  if (shape.modality !== 'text') return media(base, shape);
  const candidates = shape.k === 2 ? base.candidates : more(base, shape.k);
  if (shape.steps === 'off') return { ...base, candidates };
  return { ...base, candidates: candidates.map((one) => ({ ...one, steps: stepsOf(one) })) };
}

/** The second turn of a recommendation of two, without what was answered to the first. */
export function fakeFollowUp(first: ComparisonView): ComparisonView {
  return {
    ...first,
    item: `${first.item}-second`,
    prompt: [{ role: 'user', text: 'Closer, but I would like something quieter.' }],
    candidates: first.candidates.map((one) => ({ ...one, id: `${one.id}-second` })),
    previous: null,
  };
}
