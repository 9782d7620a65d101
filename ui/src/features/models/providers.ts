/** The user's order of execution providers while it is being put together. */
import { moved } from '../design/draft';

/** Runs everywhere, and is tried last whatever the order says. */
export const LAST = 'cpu';

export interface ProviderDraft {
  auto: boolean;
  /** Every provider, those that are tried first. */
  names: string[];
  /** Those that are tried. */
  tried: ReadonlySet<string>;
}

export function draftOf(order: string[], known: string[]): ProviderDraft {
  const auto = order.length === 0 || order.includes('auto');
  const wanted = auto ? known : order.filter((name) => known.includes(name));
  const names = [...wanted, ...known.filter((name) => !wanted.includes(name))];
  return { auto, names, tried: new Set([...wanted, ...known.filter((name) => name === LAST)]) };
}

/** What is kept of it. */
export function orderOf(draft: ProviderDraft): string[] {
  return draft.auto ? ['auto'] : draft.names.filter((name) => draft.tried.has(name));
}

/** The draft with a provider tried or not. What always runs stays. */
export function toggled(draft: ProviderDraft, name: string): ProviderDraft {
  if (name === LAST) return draft;
  const tried = new Set(draft.tried);
  if (!tried.delete(name)) tried.add(name);
  return { ...draft, tried };
}

/** The draft with a provider `by` places later. */
export function shifted(draft: ProviderDraft, name: string, by: number): ProviderDraft {
  return { ...draft, names: moved(draft.names, draft.names.indexOf(name), by) };
}

export function same(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at]);
}
