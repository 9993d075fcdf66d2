import { DATE, TIMESTAMP } from './values.js';

const MS_PER_DAY = 86_400_000;
const PARTS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

interface DayParts {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

function partsOf(day: string): DayParts {
  const parts = Object.fromEntries(PARTS.formatToParts(Date.parse(day)).map(({ type, value }) => [type, value]));
  return { day: parts.day ?? '', month: parts.month ?? '', year: parts.year ?? '' };
}

const whole = ({ day, month, year }: DayParts): string => `${day} ${month} ${year}`;

/** The day before an exclusive end; a time stays as it is. */
export const dayBefore = (end: string): string =>
  DATE.test(end) ? new Date(Date.parse(end) - MS_PER_DAY).toISOString().slice(0, 10) : end;

/** A day or a time as people write it: `1 March 2026`, `1 March 2026, 10:30`, `1 March 2026, 10:30 UTC+02:00`. */
export function readableMoment(text: string): string {
  const [, day, time = '', zone = ''] = TIMESTAMP.exec(text) ?? [];
  if (day === undefined) return DATE.test(text) ? whole(partsOf(text)) : text;
  return `${whole(partsOf(day))}, ${time}${zone === '' ? '' : ` UTC${zone === 'Z' ? '' : zone}`}`;
}

/**
 * A range as people say it: `1–31 March 2026`, `1 March – 2 April 2026`, `31 December 2026`, `from 1 March 2026`,
 * `through 31 March 2026`.
 * @param first day or time
 * @param last day, which is included, or a time
 */
export function readableDays(first: string | undefined, last: string | undefined): string {
  if (first === undefined) return last === undefined ? 'any' : `through ${readableMoment(last)}`;
  if (last === undefined) return `from ${readableMoment(first)}`;
  if (!DATE.test(first) || !DATE.test(last)) return `${readableMoment(first)} – ${readableMoment(last)}`;
  const [from, to] = [partsOf(first), partsOf(last)];
  if (from.year !== to.year) return `${whole(from)} – ${whole(to)}`;
  if (from.month !== to.month) return `${from.day} ${from.month} – ${whole(to)}`;
  return from.day === to.day ? whole(to) : `${from.day}–${whole(to)}`;
}
