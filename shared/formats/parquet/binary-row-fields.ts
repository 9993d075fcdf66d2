import type { ColumnType } from '../../datasets/column-types.js';
import type { RenderedColumn } from '../../datasets/query.js';

/**
 * How the fields of a tuple are written: in the binary format of a PostgreSQL type, or as text. The binary lane gets
 * them from COPY, and the row lane writes the same bytes, except for the sign of a NaN: `'inf'::float8 - 'inf'` has
 * one, which its text doesn't show. An encoder must not tell one NaN from another.
 */

/** PostgreSQL's names of the types. `timestamp` is also the format of timestamptz, and counts from UTC there. */
export type FieldFormat =
  'bool' | 'int2' | 'int4' | 'int8' | 'float4' | 'float8' | 'numeric' | 'text' | 'uuid' | 'date' | 'time' | 'timestamp';

const FORMATS: Readonly<Record<ColumnType, FieldFormat>> = {
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  numeric: 'numeric',
  real: 'float4',
  'double precision': 'float8',
  boolean: 'bool',
  text: 'text',
  char: 'text',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  interval: 'text',
  inet: 'text',
  json: 'text',
  jsonb: 'text',
  other: 'text',
};

/** The most digits that Parquet readers agree on: those of 16 bytes. */
const MOST_DIGITS = 38;

/** The format of a column's fields. */
export function fieldFormat({ type, decimal }: RenderedColumn): FieldFormat {
  if (type !== 'numeric') return FORMATS[type];
  if (decimal === null) return 'text';
  const { precision, scale } = decimal;
  return precision <= MOST_DIGITS && scale >= 0 && scale <= precision ? 'numeric' : 'text';
}

/**
 * Renders a column in the format of its fields. The casts cost nothing, because the column already has the type; but if
 * somebody changes it after the plan, its bytes would be read as those of the old type.
 */
export function renderField(quoted: string, column: RenderedColumn): string {
  const { type } = column;
  switch (type) {
    case 'numeric':
      return fieldFormat(column) === 'numeric' ? `${quoted}::numeric` : `${quoted}::text`;
    case 'char':
      // Unlike text, it keeps the padding.
      return `${quoted}::bpchar`;
    case 'jsonb':
    case 'interval':
      return `${quoted}::text`;
    case 'inet':
    case 'other':
      // A type's cast may differ from its output, which concat() uses. But concat() turns null into empty text, and
      // `IS NULL` is true for a row of nulls.
      return `CASE WHEN num_nulls(${quoted}) = 0 THEN concat(${quoted}) END`;
    default:
      return `${quoted}::${type}`;
  }
}
