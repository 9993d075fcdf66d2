import type { TupleBuffer } from './binary-row-buffer.js';

/**
 * PostgreSQL's dates and times, which count days or microseconds from 2000-01-01. Their texts are those of `DateStyle`
 * ISO, such as `2026-03-29 01:59:59.5+00:53:28` or `0044-03-15 BC`.
 */

const SECOND = 1_000_000;
const DAY_SECONDS = 86_400;
/** From 1970-01-01 to 2000-01-01. */
const EPOCH_DAYS = 10_957;

const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const COLON = 0x3a;
const BC = ' BC';

/** Writes a date field. */
export function writeDate(text: string, out: TupleBuffer): void {
  out.int32(4);
  if (text === 'infinity') out.int32(0x7fffffff);
  else if (text === '-infinity') out.int32(-0x80000000);
  else out.int32(daysOf(text));
}

/** Writes a time field; `24:00:00` differs from `00:00:00`. */
export function writeTime(text: string, out: TupleBuffer): void {
  out.int32(8);
  out.int64(clockSeconds(text, 0) * SECOND + fraction(text, 0));
}

/** Writes a timestamp field from a timestamp, or from a timestamptz, whose text ends with its offset from UTC. */
export function writeTimestamp(text: string, out: TupleBuffer): void {
  out.int32(8);
  if (text === 'infinity') {
    out.bigInt64(0x7fffffffffffffffn);
    return;
  }
  if (text === '-infinity') {
    out.bigInt64(-0x8000000000000000n);
    return;
  }
  const clock = text.indexOf(' ') + 1;
  const seconds = daysOf(text) * DAY_SECONDS + clockSeconds(text, clock) - offsetSeconds(text, clock);
  const micros = seconds * SECOND + fraction(text, clock);
  if (Number.isSafeInteger(micros)) out.int64(micros);
  else out.bigInt64(BigInt(seconds) * BigInt(SECOND) + BigInt(fraction(text, clock)));
}

/** The day that a text begins with, counted from 2000-01-01. Years have four digits or more. */
function daysOf(text: string): number {
  const dash = text.indexOf('-');
  const year = digits(text, 0, dash);
  const astronomical = text.endsWith(BC) ? 1 - year : year;
  return daysFrom1970(astronomical, digits(text, dash + 1, dash + 3), digits(text, dash + 4, dash + 6)) - EPOCH_DAYS;
}

/**
 * Days in the proleptic Gregorian calendar, of any year. Years begin in March here, so that a leap day is the last:
 * https://howardhinnant.github.io/date_algorithms.html#days_from_civil
 */
function daysFrom1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Seconds of the `HH:MM:SS` at an index. */
const clockSeconds = (text: string, at: number): number =>
  digits(text, at, at + 2) * 3600 + digits(text, at + 3, at + 5) * 60 + digits(text, at + 6, at + 8);

/** Index after the fraction of the time at an index. */
function clockEnd(text: string, at: number): number {
  let end = at + 8;
  if (text.charCodeAt(end) !== POINT) return end;
  do end += 1;
  while (isDigit(text.charCodeAt(end)));
  return end;
}

/** Microseconds of the fraction of the time at an index. */
function fraction(text: string, at: number): number {
  const [start, end] = [at + 9, clockEnd(text, at)];
  return start > end ? 0 : digits(text, start, end) * 10 ** (6 - (end - start));
}

/** Seconds of the `+HH`, `+HH:MM` or `+HH:MM:SS` after the time at an index; 0 if there is none. */
function offsetSeconds(text: string, clock: number): number {
  const at = clockEnd(text, clock);
  if (at === text.length || text.startsWith(BC, at)) return 0;
  let seconds = digits(text, at + 1, at + 3) * 3600;
  if (text.charCodeAt(at + 3) === COLON) seconds += digits(text, at + 4, at + 6) * 60;
  if (text.charCodeAt(at + 6) === COLON) seconds += digits(text, at + 7, at + 9);
  return text.charCodeAt(at) === MINUS ? -seconds : seconds;
}

const isDigit = (code: number): boolean => code >= ZERO && code < ZERO + 10;

/** The number that the digits from `at` to before `end` make. */
function digits(text: string, at: number, end: number): number {
  let value = 0;
  for (let index = at; index < end; index += 1) value = value * 10 + text.charCodeAt(index) - ZERO;
  return value;
}
