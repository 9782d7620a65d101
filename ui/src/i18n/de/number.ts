/** Numbers inside German sentences. */
const whole = new Intl.NumberFormat('de');

/** `1.204`. */
export const n = (value: number): string => whole.format(value);

/** `1 Vergleich`, `1.204 Vergleiche`. */
export const counted = (value: number, one: string, many: string): string =>
  `${n(value)} ${value === 1 ? one : many}`;
