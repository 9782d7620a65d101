import { i18n } from '../../i18n/i18n.svelte';
import type { Change } from './comparable';
import type { Asked } from './preview';

/** What is asked, in words; an aspect by its name. */
export function partWords(asked: Asked): string {
  if (asked.aspect) return asked.aspect.name.trim() || i18n.t.design.aspectUntitled;
  return i18n.t.design.preview[asked.part as Exclude<Asked['part'], 'aspect'>];
}

/** A change that sets judgments apart, in words. */
export function changeWords(change: Change): string {
  const t = i18n.t.design.compare;
  if (change.kind === 'overlap') return t.overlap(change.from, change.to);
  return 'name' in change ? t[change.kind](change.name) : t[change.kind];
}
