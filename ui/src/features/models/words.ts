import { i18n } from '../../i18n/i18n.svelte';
import type { SliceView } from '../../ipc/bindings';
import { decimal } from '../../lib/format';

/** A part of the pairs as one reads it. */
export function partName({ by, name }: Pick<SliceView, 'by' | 'name'>): string {
  const { annotate, models } = i18n.t;
  if (by === 'strength') {
    const word = annotate.strengths[Number(name)];
    return word === undefined ? name : models.quality.strengthPart(word);
  }
  const [, from, to] = /^([\d.]+)–([\d.]+)$/.exec(name) ?? [];
  return by === 'length_difference' && from && to
    ? models.quality.lengthPart(decimal(Number(from), 2), decimal(Number(to), 2))
    : name;
}
