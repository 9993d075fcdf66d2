import { messageOf, ServiceError } from '../errors.js';
import type { ComputedColumn, ComputedType } from './computed.js';
import type { ColumnType, Dataset } from './define-dataset.js';
import { isDate } from './values.js';

/** A row of texts, as PostgreSQL wrote them. */
export type Texts = readonly (string | null)[];

const identity = (text: string): string => text;

/** PostgreSQL's text of a value → what `compute` gets: {@link RowValue}. */
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

/** Numbers as JSON has them, so that every format can take them as they are; and PostgreSQL's three others. */
const NUMBER = /^(-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|NaN|-?Infinity)$/;
const INTEGER_BITS = { integer: 31n, bigint: 63n } as const;

/** What `compute` returned, as text; `undefined` when it is no value of the type. */
function textOf(value: unknown, type: ComputedType): string | undefined {
  switch (type) {
    case 'text':
      // PostgreSQL's texts have no NUL either; half a character becomes U+FFFD.
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
  integer: 'a whole number of 32 bits',
  bigint: 'a whole number of 64 bits',
  'double precision': 'a number',
  numeric: 'a number, as a number or as text',
  jsonb: 'a JSON value',
} as const satisfies Record<ComputedType, string>;

/** What was returned, for the operator; the value itself could be anybody's secret. */
const kindOf = (value: unknown): string => (value instanceof Promise ? 'a promise' : typeof value);

/** For a worker whose dataset is not the one that the export was planned with. */
export const changed = ({ name }: Dataset): ServiceError =>
  new ServiceError(
    'DATASET_UNAVAILABLE',
    `Dataset ${name}: its computed columns have changed since the export was planned.`,
  );

/**
 * Makes a computed column's function from a row's texts to its own.
 * @param placeOf where in a row the text of a column is; negative when it is not there
 * @throws ServiceError DATASET_UNAVAILABLE as `changed`; the function that is returned throws COMPUTE_FAILED for a row
 */
export function openComputed(
  dataset: Dataset,
  name: string,
  { type, from, compute }: ComputedColumn,
  placeOf: (column: string) => number,
): (row: Texts) => string | null {
  const sources = from.map((input) => {
    const place = placeOf(input);
    const column = dataset.columns[input];
    if (column === undefined || place < 0) throw changed(dataset);
    return { input, place, parse: parserOf(column.type) };
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
      for (const { input, place, parse } of sources) {
        const read = texts[place] ?? null;
        row[input] = read === null ? null : parse(read);
      }
      value = call(row);
      if (value === null) return null;
      text = textOf(value, type);
    } catch (error) {
      throw fail(`cannot be computed: ${messageOf(error)}`, error);
    }
    if (text === undefined) throw fail(`must be ${WANTED[type]} (${type}), but its compute returned ${kindOf(value)}`);
    return text;
  };
}
