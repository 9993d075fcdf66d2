import { messageOf, ServiceError } from '../errors.js';
import type { ComputedColumn, ComputedType } from './computed.js';
import type { ColumnType, Dataset } from './define-dataset.js';
import { isDate } from './values.js';

/** A row of texts, as PostgreSQL wrote them. */
export type Texts = readonly (string | null)[];

const identity = (text: string): string => text;

/** Parses PostgreSQL's text of a value into what `compute` receives: {@link RowValue}. */
function parserOf(type: ColumnType): (text: string) => unknown {
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'real':
    case 'double precision':
      return Number;
    case 'bigint':
      return BigInt;
    case 'boolean':
      return (text) => text === 't';
    case 'json':
    case 'jsonb':
      return (text) => JSON.parse(text) as unknown;
    default:
      return identity;
  }
}

/** Numbers in JSON's notation, so that every format can use them unchanged, and PostgreSQL's three special values. */
const NUMBER = /^(-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|NaN|-?Infinity)$/;
const INTEGER_BITS = { integer: 31n, bigint: 63n } as const;

/** What `compute` returned, as text; undefined if it isn't a value of the type. */
function textOf(value: unknown, type: ComputedType): string | undefined {
  switch (type) {
    case 'text':
      // PostgreSQL's text can't contain NUL either; half of a surrogate pair becomes U+FFFD.
      return typeof value === 'string' && !value.includes('\0') ? value.toWellFormed() : undefined;
    case 'date':
      return typeof value === 'string' && isDate(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? (value ? 't' : 'f') : undefined;
    case 'integer':
    case 'bigint': {
      if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return undefined;
      const number = BigInt(value as number);
      const limit = 1n << INTEGER_BITS[type];
      return number >= -limit && number < limit ? String(number) : undefined;
    }
    case 'double precision':
      return typeof value === 'number' ? String(value) : undefined;
    case 'numeric':
      return ['number', 'bigint', 'string'].includes(typeof value) && NUMBER.test(String(value))
        ? String(value)
        : undefined;
    case 'jsonb':
      return value instanceof Promise ? undefined : JSON.stringify(value);
  }
}

const WANTED = {
  text: 'text without NUL',
  date: 'a date such as 2026-01-31, as text',
  boolean: 'true or false',
  integer: 'a 32-bit whole number',
  bigint: 'a 64-bit whole number',
  'double precision': 'a number',
  numeric: 'a number, or a number as text',
  jsonb: 'a JSON value',
} as const satisfies Record<ComputedType, string>;

/** The kind of value returned, for operators. Never the value itself, which may be secret. */
function describeKind(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The error of a worker whose dataset differs from the one that the export was planned with. */
export const changed = ({ name }: Dataset): ServiceError =>
  new ServiceError(
    'DATASET_UNAVAILABLE',
    `Dataset ${name}: its computed columns have changed since the export was planned.`,
  );

/**
 * Creates the function that turns a row's texts into the text of a computed column.
 * @param indexOf the index of a column's text in the row; negative if it isn't there
 * @throws ServiceError DATASET_UNAVAILABLE if an input is missing; the returned function throws COMPUTE_FAILED
 */
export function openComputed(
  dataset: Dataset,
  name: string,
  { type, from, compute }: ComputedColumn,
  indexOf: (column: string) => number,
): (row: Texts) => string | null {
  const sources = from.map((input) => {
    const index = indexOf(input);
    const column = dataset.columns[input];
    if (column === undefined || index < 0) throw changed(dataset);
    return { input, index, parse: parserOf(column.type) };
  });
  const call = compute as (row: Readonly<Record<string, unknown>>) => unknown;
  const fail = (why: string, cause?: unknown): ServiceError =>
    new ServiceError(
      'COMPUTE_FAILED',
      `Dataset ${dataset.name}: column ${name} ${why}.`,
      {},
      { cause, forUser: `The column ${name} couldn't be computed.` },
    );

  return (texts) => {
    const row: Record<string, unknown> = {};
    let value: unknown;
    let text: string | undefined;
    try {
      for (const { input, index, parse } of sources) {
        const read = texts[index] ?? null;
        row[input] = read === null ? null : parse(read);
      }
      value = call(row);
      if (value === null) return null;
      text = textOf(value, type);
    } catch (error) {
      throw fail(`cannot be computed: ${messageOf(error)}`, error);
    }
    if (text === undefined)
      throw fail(`must be ${WANTED[type]} (${type}), but its compute returned ${describeKind(value)}`);
    return text;
  };
}
