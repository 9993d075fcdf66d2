const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MS_PER_DAY = 86_400_000;
const PARTS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

interface DayParts {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

function partsOf(time: number): DayParts {
  const parts = Object.fromEntries(PARTS.formatToParts(time).map(({ type, value }) => [type, value]));
  return { day: parts.day ?? '', month: parts.month ?? '', year: parts.year ?? '' };
}

const whole = ({ day, month, year }: DayParts): string => `${day} ${month} ${year}`;

/**
 * A half-open range of days as people say it: `1–31 March 2026`, `1 March – 2 April 2026`, `31 December 2026`.
 * @param from first day, `2026-03-01`
 * @param to day after the last, `2026-04-01`
 * @returns the bounds as they are if one of them has a time of day
 */
export function readableDays(from: string, to: string): string {
  if (!DAY.test(from) || !DAY.test(to)) return `${from} to ${to}`;
  const [first, last] = [partsOf(Date.parse(from)), partsOf(Date.parse(to) - MS_PER_DAY)];
  if (first.year !== last.year) return `${whole(first)} – ${whole(last)}`;
  if (first.month !== last.month) return `${first.day} ${first.month} – ${whole(last)}`;
  return first.day === last.day ? whole(last) : `${first.day}–${whole(last)}`;
}
