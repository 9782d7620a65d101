/** Candidates in order: tiers, the best first, each of one or several candidates. */
export type Tiers = string[][];

const placed = (tiers: Tiers): string[] => tiers.flat();

/** How many candidates have a place. */
export const placedCount = (tiers: Tiers): number => placed(tiers).length;

/** Puts a candidate in the next place, or beside the last one. */
export function place(tiers: Tiers, candidate: string, beside = false): Tiers {
  const others = takeOut(tiers, candidate);
  const last = others.at(-1);
  return beside && last ? [...others.slice(0, -1), [...last, candidate]] : [...others, [candidate]];
}

/** Takes a candidate out of the order. */
export function takeOut(tiers: Tiers, candidate: string): Tiers {
  return tiers
    .map((tier) => tier.filter((other) => other !== candidate))
    .filter((tier) => tier.length > 0);
}

/** Takes the one out that was placed last. */
export function takeLast(tiers: Tiers): Tiers {
  const last = tiers.at(-1)?.at(-1);
  return last === undefined ? tiers : takeOut(tiers, last);
}

/** Where a candidate is dropped: on the candidates of a place, or before that place. */
export type Drop = { tier: number; onto: boolean };

/** Moves a candidate; the place is counted as it was before. */
export function drop(tiers: Tiers, candidate: string, { tier, onto }: Drop): Tiers {
  const without = tiers.map((one) => one.filter((other) => other !== candidate));
  const moved =
    onto && tier < without.length
      ? without.map((one, n) => (n === tier ? [...one, candidate] : one))
      : [...without.slice(0, tier), [candidate], ...without.slice(tier)];
  return moved.filter((one) => one.length > 0);
}

/**
 * Moves a placed candidate by half a place: out of a place that it shares into one of its own,
 * from its own onto the next one.
 */
export function nudge(tiers: Tiers, candidate: string, by: -1 | 1): Tiers {
  const at = tiers.findIndex((tier) => tier.includes(candidate));
  if (at < 0) return tiers;
  const shared = (tiers[at]?.length ?? 0) > 1;
  if (shared) return drop(tiers, candidate, { tier: by < 0 ? at : at + 1, onto: false });
  const onto = at + by;
  return onto < 0 || onto >= tiers.length
    ? tiers
    : drop(tiers, candidate, { tier: onto, onto: true });
}
