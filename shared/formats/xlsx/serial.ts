/**
 * Converts PostgreSQL's dates and times to spreadsheet serial numbers (days since 1899-12-30), digit by digit.
 * Spreadsheets treat 1900 as a leap year, so dates before 1900-03-01 would be off by one day and stay text.
 */

const FIRST_DAY = 61; // 1900-03-01
/** 1970-01-01, in days since 1899-12-30. */
const UNIX_DAY = 25_569;

const DIGIT_0 = 0x30;
const POINT = 0x2e;
const DASH = 0x2d;
const COLON = 0x3a;
const BLANK = 0x20;
const LETTER_C = 0x43; // The last letter of "BC"

const DAY = 86_400_000_000; // microseconds
/** The last day of spreadsheets, which round to milliseconds: its last half millisecond would become the next day. */
const LAST_DAY = 2_958_465; // 9999-12-31
const LAST_MOMENT = DAY - 500;

/** Enough to distinguish a double from its neighbors. With fewer, LibreOffice shows most times one second early. */
const SIGNIFICANT_DIGITS = 17;
/** A time of day has no digits before its decimal point. */
const TIME_DIGITS = 15;
const POWERS = Array.from({ length: SIGNIFICANT_DIGITS }, (_, exponent) => 10 ** exponent);
/** Digits are extracted from 32-bit numbers. */
const LOW_DIGITS = 8;
const LOW = 10 ** LOW_DIGITS;

/** Days since 1970-01-01: https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

const two = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 10 + (bytes[at + 1] ?? 0) - DIGIT_0 * 11;

/** Parses `HH:MM:SS[.ffffff]` as microseconds of the day; ignores the rest. */
function microseconds(bytes: Uint8Array, at: number, end: number): number {
  let micros = (two(bytes, at) * 3600 + two(bytes, at + 3) * 60 + two(bytes, at + 6)) * 1_000_000;
  if (bytes[at + 8] === POINT) {
    let unit = 100_000;
    for (let i = at + 9; i < end; i += 1) {
      const digit = (bytes[i] ?? 0) - DIGIT_0;
      if (digit < 0 || digit > 9) break;
      micros += digit * unit;
      unit /= 10;
    }
  }
  return micros;
}

function putWhole(out: Uint8Array, o: number, value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
  let rest = value;
  for (let index = o + digits - 1; index >= o; index -= 1) {
    const tenth = Math.floor(rest / 10);
    out[index] = DIGIT_0 + rest - tenth * 10;
    rest = tenth;
  }
  return o + digits;
}

/** Writes a fraction of a day without trailing zeros; nothing for midnight. */
function putFraction(out: Uint8Array, o: number, micros: number, digits: number): number {
  if (micros === 0) return o;
  const fraction = Math.round((micros / DAY) * (POWERS[digits] ?? 1));
  const high = Math.floor(fraction / LOW);
  out[o] = POINT;
  putDigits(out, o + 1, digits - LOW_DIGITS, high);
  putDigits(out, o + 1 + digits - LOW_DIGITS, LOW_DIGITS, fraction - high * LOW);
  let end = o + 1 + digits;
  while (out[end - 1] === DIGIT_0) end -= 1;
  return end;
}

function putDigits(out: Uint8Array, o: number, digits: number, value: number): void {
  let rest = value;
  for (let index = o + digits - 1; index >= o; index -= 1) {
    const tenth = (rest / 10) | 0;
    out[index] = DIGIT_0 + rest - tenth * 10;
    rest = tenth;
  }
}

/** Keeps the value within its day: from 2258 on, doubles are so far apart that the nearest could be on the next day. */
function withinDay(day: number, micros: number): number {
  if (micros < DAY - 50) return micros;
  const step = 2 ** (31 - Math.clz32(day) - 52);
  return Math.min(micros, DAY * (1 - 0.75 * step));
}

/**
 * Writes the number of a date, or of a timestamp, whose offset is ignored.
 * @returns the position of the next byte; -1 if it has to stay text
 */
export function putDay(bytes: Uint8Array, at: number, end: number, out: Uint8Array, o: number): number {
  // Only four-digit years: excludes infinity, years after 9999 and BC.
  if (end - at < 10 || bytes[at + 4] !== DASH || bytes[end - 1] === LETTER_C) return -1;
  const year = two(bytes, at) * 100 + two(bytes, at + 2);
  const day = daysOf(year, two(bytes, at + 5), two(bytes, at + 8)) + UNIX_DAY;
  if (!(day >= FIRST_DAY)) return -1;
  const next = putWhole(out, o, day);
  if (bytes[at + 10] !== BLANK || end <= at + 10) return next;
  const micros = microseconds(bytes, at + 11, end);
  if (day === LAST_DAY && micros >= LAST_MOMENT) return -1;
  return putFraction(out, next, withinDay(day, micros), SIGNIFICANT_DIGITS - (next - o));
}

/** Writes the number of a time of day. PostgreSQL's `24:00:00` is one day. */
export function putTime(bytes: Uint8Array, at: number, end: number, out: Uint8Array, o: number): number {
  if (end - at < 8 || bytes[at + 2] !== COLON) return -1;
  const micros = microseconds(bytes, at, end);
  const isWhole = micros >= 86_400_000_000;
  out[o] = DIGIT_0 + (isWhole ? 1 : 0);
  return isWhole ? o + 1 : putFraction(out, o + 1, micros, TIME_DIGITS);
}
