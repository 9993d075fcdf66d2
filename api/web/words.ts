/** Formats numbers and times for people. */

const NUMBER = new Intl.NumberFormat('en');
const ROUNDED = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Keeps a number and its unit on one line. */
const NBSP = '\u00a0';

export const formatNumber = (value: number): string => NUMBER.format(value);

/** `1 row`, `2 rows` */
export const counted = (value: number, noun: string): string =>
  `${formatNumber(value)} ${noun}${value === 1 ? '' : 's'}`;

/** @param value bytes; units are powers of 1000, as in file managers */
export function size(value: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  return `${ROUNDED.format(value / 1000 ** power)}${NBSP}${UNITS[power] ?? ''}`;
}

/** `0.4 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${ROUNDED.format(seconds)}${NBSP}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${NBSP}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}${NBSP}min ${whole % 60}${NBSP}s`;
  return `${Math.floor(whole / 3600)}${NBSP}h ${Math.floor((whole % 3600) / 60)}${NBSP}min`;
}

/**
 * `59:07`
 * @param seconds less than an hour
 */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export const moment = (iso: string): string => MOMENT.format(new Date(iso));

/** `date_format` → `Date format` */
export const label = (name: string): string => {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
