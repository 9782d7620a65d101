/** Numbers inside English sentences. */
const whole = new Intl.NumberFormat('en');

/** `1,204`. */
export const n = (value: number): string => whole.format(value);

/** `1 item`, `1,204 items`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${n(value)} ${value === 1 ? one : many}`;
