import { isIP } from 'node:net';
import type { Scalar } from '../contract.js';
import { UNSTORABLE, isStorable } from '../text/storable-text.js';
import type { ColumnType } from './column-types.js';

/**
 * Checks filter values: what a client sends as JSON against the column's type. An accepted value is safe in SQL as an
 * escaped literal, and PostgreSQL accepts it.
 */

const INTEGER_BITS: Partial<Record<ColumnType, bigint>> = { smallint: 15n, integer: 31n, bigint: 63n };
export const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
export const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$/;
/** PostgreSQL supports offsets of less than 16 hours. */
export const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[T ]([\d:.]+)(Z|[+-](?:0\d|1[0-5]):[0-5]\d)?$/;
/** ISO 8601, with an optional sign for each part. The limit on digits prevents overflow. */
export const DURATION =
  /^P(?=[-\dT])(-?\d{1,6}Y)?(-?\d{1,6}M)?(-?\d{1,6}W)?(-?\d{1,7}D)?(T(?=[-\d])(-?\d{1,7}H)?(-?\d{1,7}M)?(-?\d{1,7}(\.\d{1,6})?S)?)?$/;
const ADDRESS = /^([\d.]+|[\da-fA-F:.]+)(?:\/(\d{1,3}))?$/;
export const MAX_TEXT = 1000;

export function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || year === '0000') return false;
  // setUTCFullYear, because Date.UTC maps years 0–99 to 1900+. A day that rolls over doesn't exist.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

export function isDateOnly(text: string): boolean {
  return DATE.test(text);
}

function isTimestamp(text: string, offset: 'allowed' | 'refused'): boolean {
  const [, date, time, zone] = TIMESTAMP.exec(text) ?? [];
  if (date === undefined || time === undefined) return false;
  return isDate(date) && TIME.test(time) && (zone === undefined || offset === 'allowed');
}

function isAddress(text: string): boolean {
  const [, address = '', bits = '0'] = ADDRESS.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
}

/** Maximum characters of a number: PostgreSQL's numeric has a limit, and comparing the longest ones would be slow. */
export const MAX_NUMBER = 1000;
/** Significant digits that survive JavaScript's parsing of a JSON number as a double. */
const EXACT_DIGITS = 15;
const AS_STRING = 'must be written as a string: JSON numbers are exact only up to 2^53';

function numericProblem(value: Scalar): string | null {
  const text = String(value);
  if (typeof value === 'number' && Number.isFinite(value) && !Number.isSafeInteger(value)) {
    const digits = text.replace(/e.*$/, '').replace(/\D/g, '').replace(/^0+/, '');
    if (Number.isInteger(value)) return AS_STRING;
    if (digits.length > EXACT_DIGITS) {
      return `must be written as a string: JSON numbers are exact only up to ${EXACT_DIGITS} digits`;
    }
  }
  return decimalProblem(text);
}

function decimalProblem(text: string): string | null {
  if (text.length > MAX_NUMBER) return `must be at most ${MAX_NUMBER} characters`;
  return DECIMAL.test(text) ? null : 'must be a number';
}

function integerProblem(value: Scalar, type: ColumnType, bits: bigint): string | null {
  const wanted = `must be a whole number (${type})`;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return Number.isInteger(value) ? AS_STRING : wanted;
  }
  const text = String(value);
  if (typeof value === 'boolean' || !/^[+-]?\d{1,20}$/.test(text)) return wanted;
  const number = BigInt(text);
  return number >= -(1n << bits) && number < 1n << bits ? null : `is out of range for ${type}`;
}

/** PostgreSQL rejects numbers that would round to infinity, or to zero although they aren't zero. */
function floatProblem(text: string, round: (value: number) => number): string | null {
  const problem = decimalProblem(text);
  if (problem !== null) return problem;
  const value = round(Number(text));
  const isZero = !/[1-9]/.test(text.replace(/e.*$/i, ''));
  return Number.isFinite(value) && (isZero || value !== 0) ? null : 'is out of range';
}

/** Why a value can't be compared with a column of this type, as the end of a sentence; null if it can. */
export function valueProblem(value: Scalar, type: ColumnType): string | null {
  if (String(value).length > MAX_TEXT) return `must be at most ${MAX_TEXT} characters`;
  const bits = INTEGER_BITS[type];
  if (bits !== undefined) return integerProblem(value, type, bits);
  const text = String(value);
  switch (type) {
    case 'numeric':
      return numericProblem(value);
    case 'real':
      return floatProblem(text, Math.fround);
    case 'double precision':
      return floatProblem(text, (number) => number);
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'uuid':
      return UUID.test(text) ? null : 'must be a UUID';
    case 'date':
      return isDate(text) ? null : 'must be a date such as 2026-01-31';
    case 'time':
      return TIME.test(text) ? null : 'must be a time such as 13:45:00';
    case 'timestamp':
      return isDate(text) || isTimestamp(text, 'refused')
        ? null
        : 'must be a date, or a time such as 2026-01-31T13:45:00';
    case 'timestamptz':
      return isDate(text) || isTimestamp(text, 'allowed')
        ? null
        : 'must be a date, or a time such as 2026-01-31T13:45:00Z';
    case 'interval':
      return DURATION.test(text) ? null : 'must be a duration such as P1DT12H';
    case 'inet':
      return isAddress(text) ? null : 'must be an IP address, or a network such as 2001:db8::/32';
    case 'json':
    case 'jsonb':
      return 'cannot be compared: the column is JSON';
    case 'other':
      return 'cannot be compared: the column has a custom type';
    default:
      if (typeof value !== 'string') return 'must be a string';
      return isStorable(value) ? null : UNSTORABLE;
  }
}

/** Whether one value of a range is less than another; null if only the database can tell. */
export function isBefore(a: Scalar, b: Scalar, type: ColumnType): boolean | null {
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return BigInt(a) < BigInt(b);
    case 'numeric':
    case 'real':
    case 'double precision':
      return Number(a) < Number(b);
    case 'date':
      return String(a) < String(b);
    case 'time':
      return timeOf(String(a)) < timeOf(String(b));
    case 'uuid':
      return String(a).toLowerCase() < String(b).toLowerCase();
    case 'timestamp':
    case 'timestamptz':
      return isEarlier(momentOf(String(a)), momentOf(String(b)));
    default:
      return null;
  }
}

/** Pads a time to microseconds, so that it sorts correctly as text. */
const timeOf = (text: string): string => `${text}${'00:00:00.000000'.slice(text.length)}`;

interface Moment {
  /** Since 1970, in UTC, or in the export's timezone if there is no offset. */
  readonly microseconds: bigint;
  readonly hasOffset: boolean;
}

function momentOf(text: string): Moment {
  const [, date = text, time = '00:00', zone] = TIMESTAMP.exec(text) ?? [];
  const [minutes = '', fraction = ''] = time.split('.');
  const micros = BigInt(fraction.padEnd(6, '0'));
  return {
    microseconds: BigInt(Date.parse(`${date}T${minutes}${zone ?? 'Z'}`)) * 1000n + micros,
    hasOffset: zone !== undefined,
  };
}

/** Null if only one of them has an offset: the order then depends on the export's timezone. */
const isEarlier = (a: Moment, b: Moment): boolean | null =>
  a.hasOffset === b.hasOffset ? a.microseconds < b.microseconds : null;
