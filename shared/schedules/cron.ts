/**
 * Cron expressions with five fields. They are parsed here rather than by Temporal, so that exactly what was checked
 * runs. As in Vixie cron, days match either field if both are restricted (`0 6 1 * MON`), and both if one starts with
 * an asterisk.
 */

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** The longest possible length of each month. */
const MONTH_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Three-letter names of the numbers, starting from `min`. */
  readonly names?: readonly string[];
}
const FIELDS = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 7, names: DAYS },
] as const satisfies readonly Field[];

const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** Days and times that match every list; a missing list matches all. */
export interface Calendar {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth?: readonly number[];
  /** 1 is January. */
  readonly months?: readonly number[];
  /** 0 is Sunday. */
  readonly daysOfWeek?: readonly number[];
}

export interface Cron {
  /** The schedule runs whenever one of these matches. */
  readonly calendars: readonly Calendar[];
  /** The shortest time between two runs, including over midnight. */
  readonly leastSeconds: number;
}

/** Thrown for an invalid cron expression; the message is the end of a sentence. */
export class CronError extends Error {
  override readonly name = 'CronError';
}

/** @throws CronError */
export function parseCron(text: string): Cron {
  const fields = (MACROS[text.trim().toLowerCase()] ?? text).trim().split(/\s+/);
  if (fields.length !== FIELDS.length) throw new CronError('must have five fields, such as 0 6 1 * *');
  const [minutes = [], hours = [], daysOfMonth = [], months = [], weekdays = []] = FIELDS.map((field, index) =>
    parseField(fields[index] ?? '', field),
  );
  const [, , monthDays = '', , weekDays = ''] = fields;
  // 7 is Sunday, too.
  const daysOfWeek = sorted(weekdays.map((day) => day % DAYS.length));
  const times = { minutes, hours, months };
  const byEither = !monthDays.startsWith('*') && !weekDays.startsWith('*');
  if (!byEither && months.every((month) => Math.min(...daysOfMonth) > (MONTH_LENGTHS[month - 1] ?? 0))) {
    throw new CronError('must have a day that exists in some month');
  }
  return {
    calendars: byEither
      ? [
          { ...times, daysOfMonth },
          { ...times, daysOfWeek },
        ]
      : [{ ...times, daysOfMonth, daysOfWeek }],
    leastSeconds: leastSeconds(minutes, hours),
  };
}

function parseField(text: string, field: Field): number[] {
  return sorted(text.split(',').flatMap((item) => parseItem(item, field)));
}

/** Parses a number, a range or an asterisk, each with an optional step. */
function parseItem(item: string, field: Field): number[] {
  const { name, min, max } = field;
  const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(item) ?? [];
  const [first = '', last, ...rest] = range === '*' ? [String(min), String(max)] : range.split('-');
  const from = numberOf(first, field);
  // `5/10` starts at 5 and runs to the field's maximum.
  const to = last === undefined ? (step === undefined ? from : max) : numberOf(last, field);
  const every = step === undefined ? 1 : Number(step);
  if (from === null || to === null || rest.length > 0 || from > to || every < 1) {
    throw new CronError(
      `must have a ${name} from ${min} to ${max}, a list, a range or a step, not ${item || 'nothing'}`,
    );
  }
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => from + index * every);
}

function numberOf(text: string, { min, max, names = [] }: Field): number | null {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return min + named;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return number >= min && number <= max ? number : null;
}

const sorted = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

/** Assumes runs on consecutive days, the closest that they can be. */
function leastSeconds(minutes: readonly number[], hours: readonly number[]): number {
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  const next = [...times.slice(1), (times[0] ?? 0) + 24 * 60];
  return 60 * Math.min(...times.map((time, index) => (next[index] ?? Infinity) - time));
}
