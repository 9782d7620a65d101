/** Times and levels as people read them. */
import { i18n } from '../../i18n/i18n.svelte';

/** `3.2`, or `3,2` where that is the custom; with a true minus sign. */
export function decimal(value: number, digits: number, signed = false): string {
  const format = new Intl.NumberFormat(i18n.language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? 'exceptZero' : 'negative',
  });
  return format.format(value).replace('-', '−');
}

/** `1:03`; with tenths `1:03.4`. Never rounded up to a second that is not there yet. */
export function clock(seconds: number, tenths = false): string {
  const unit = tenths ? 10 : 1;
  // A hair's breadth, so that 0.3 is not 0.29999... cut off.
  const units = Math.floor(Math.max(0, seconds) * unit + 1e-6);
  const minutes = Math.floor(units / (60 * unit));
  const rest = (units - minutes * 60 * unit) / unit;
  const shown = decimal(rest, tenths ? 1 : 0);
  return `${minutes}:${rest < 10 ? '0' : ''}${shown}`;
}

/** How long a clip is: `1:53`, and below 10 s with tenths, of which there is at least one. */
export const clipLength = (seconds: number): string =>
  seconds < 10 ? clock(seconds > 0 ? Math.max(0.1, seconds) : 0, true) : clock(seconds);

/** `+3.2 dB` */
export const decibels = (value: number): string => `${decimal(value, 1, true)} dB`;

/** `44.1 kHz`, `48 kHz` */
export const kilohertz = (hertz: number): string =>
  `${decimal(hertz / 1000, hertz % 1000 === 0 ? 0 : hertz % 100 === 0 ? 1 : 2)} kHz`;
