/**
 * Date ranges relative to a day. They are resolved once: when a request arrives, or for the time at which a schedule's
 * run was due, so that a retry, a late run and a backfill have the same rows. The result is days, not moments:
 * PostgreSQL decides when a day starts in the export's timezone.
 */

interface Day {
  readonly year: number;
  /** 0 is January. */
  readonly month: number;
  readonly day: number;
  /** Days since Monday. */
  readonly weekday: number;
}

/** The first day of a range and the day after the last; months and days may overflow, as in `Date.UTC`. */
type Bounds = readonly [from: readonly [number, number, number], to: readonly [number, number, number]];

const days =
  (from: number, to: number) =>
  ({ year, month, day }: Day): Bounds => [
    [year, month, day + from],
    [year, month, day + to],
  ];
const weeks =
  (from: number) =>
  (day: Day): Bounds =>
    days(from * 7 - day.weekday, from * 7 + 7 - day.weekday)(day);
const months =
  (from: number) =>
  ({ year, month }: Day): Bounds => [
    [year, month + from, 1],
    [year, month + from + 1, 1],
  ];
const quarters =
  (from: number) =>
  ({ year, month }: Day): Bounds => {
    const first = month - (month % 3) + from * 3;
    return [
      [year, first, 1],
      [year, first + 3, 1],
    ];
  };
const years =
  (from: number) =>
  ({ year }: Day): Bounds => [
    [year + from, 0, 1],
    [year + from + 1, 0, 1],
  ];

/** Weeks start on Monday (ISO 8601); `last_7_days` ends yesterday. */
const RANGES = {
  today: days(0, 1),
  yesterday: days(-1, 0),
  last_7_days: days(-7, 0),
  last_30_days: days(-30, 0),
  last_90_days: days(-90, 0),
  last_365_days: days(-365, 0),
  this_week: weeks(0),
  last_week: weeks(-1),
  this_month: months(0),
  last_month: months(-1),
  this_quarter: quarters(0),
  last_quarter: quarters(-1),
  this_year: years(0),
  last_year: years(-1),
} as const satisfies Record<string, (day: Day) => Bounds>;

export type RelativeRange = keyof typeof RANGES;
export const RELATIVE_RANGES = Object.keys(RANGES) as readonly RelativeRange[];
export const isRelativeRange = (name: unknown): name is RelativeRange =>
  typeof name === 'string' && Object.hasOwn(RANGES, name);

/**
 * @param at when the request arrived, or when the run was due
 * @param timezone name of the timezone that determines the day
 * @returns first day and day after the last, as in `date_range`: `2026-01-31`
 */
export function resolveRange(range: RelativeRange, at: Date, timezone: string): [from: string, to: string] {
  const [from, to] = RANGES[range](dayIn(timezone, at));
  return [dateText(...from), dateText(...to)];
}

function dayIn(timeZone: string, at: Date): Day {
  const format = new Intl.DateTimeFormat('en', {
    ...{ timeZone, calendar: 'gregory', year: 'numeric', month: 'numeric', day: 'numeric' },
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const [year = NaN, month = NaN, day = NaN] = [parts.get('year'), parts.get('month'), parts.get('day')];
  const sinceSunday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return { year, month: month - 1, day, weekday: (sinceSunday + 6) % 7 };
}

const dateText = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
