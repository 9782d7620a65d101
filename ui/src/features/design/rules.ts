/** What a study design must meet before it is saved; the program checks the same again. */
import type { Catalogue } from '../../i18n/en';
import type { DraftAspect, DraftSettings } from './draft';

/** The parts of the form, in their order. */
export const SECTIONS = ['presets', 'text', 'answers', 'detail', 'aspects', 'pace', 'running'] as const;
export type Section = (typeof SECTIONS)[number];

/** Why a field cannot be saved as it is; the words are in the catalogue. */
export type Rule = keyof Catalogue['design']['problems'];

export interface Problem {
  section: Section;
  /** The field, as its `data-field` says. */
  field: string;
  rule: Rule;
}

/** An hour in seconds, a day in minutes, and as many people as anyone pays. */
const MOST = { seconds: 3600, minutes: 1440, overlap: 1000 } as const;

const isWhole = (value: number | null, least: number, most: number): boolean =>
  value !== null && Number.isInteger(value) && value >= least && value <= most;

/** A budget is `25%` of the items, up to all of them, or a whole number of items. */
export function isBudget(text: string): boolean {
  const share = /^(\d+(?:[.,]\d+)?)\s*%$/.exec(text.trim())?.[1];
  if (share) return Number(share.replace(',', '.')) <= 100;
  return /^\d+$/.test(text.trim());
}

/** Texts that are there twice, blank ones left out. */
export function repeated(texts: string[]): boolean {
  const written = texts.map((text) => text.trim()).filter((text) => text !== '');
  return new Set(written).size < written.length;
}

/** Everything that keeps a design from being saved, from the top of the form down. */
export function problemsOf(draft: DraftSettings): Problem[] {
  const found: Problem[] = [];
  const need = (holds: boolean, section: Section, field: string, rule: Rule) => {
    if (!holds) found.push({ section, field, rule });
  };
  need(draft.question.trim() !== '', 'text', 'question', 'empty');
  need(!repeated(draft.reason_tags), 'detail', 'reason_tags', 'repeated');
  for (const aspect of draft.aspects) {
    const at = (part: string) => `aspect-${aspect.key}-${part}`;
    need(aspect.name.trim() !== '', 'aspects', at('name'), 'empty');
    const id = idProblem(aspect, draft.aspects);
    if (id) need(false, 'aspects', at('id'), id);
    need(!repeated(aspect.reasons), 'aspects', at('reasons'), 'repeated');
  }
  const { min_dwell_s, break_after_min, min_listen_s, overlap } = draft;
  need(isWhole(min_dwell_s, 0, MOST.seconds), 'pace', 'min_dwell_s', 'seconds');
  need(isWhole(break_after_min, 0, MOST.minutes), 'pace', 'break_after_min', 'minutes');
  need(isWhole(min_listen_s, 0, MOST.seconds), 'pace', 'min_listen_s', 'seconds');
  need(isWhole(overlap, 1, MOST.overlap), 'running', 'overlap', 'overlap');
  need(isBudget(draft.budget), 'running', 'budget', 'budget');
  return found;
}

function idProblem(aspect: DraftAspect, all: DraftAspect[]): Rule | null {
  if (aspect.id === '') return 'empty';
  if (!/^[A-Za-z0-9_-]+$/.test(aspect.id)) return 'id';
  return all.some((other) => other !== aspect && other.id === aspect.id) ? 'idTaken' : null;
}
