import { z } from 'zod';
import type { RenderedColumn } from '../../datasets/query.js';
import { fieldFormat } from './binary-row-fields.js';

/**
 * Parquet's types, and which one each column has.
 * https://parquet.apache.org/docs/file-format/types/ and LogicalTypes.md of the specification
 */

/** How values are stored (`Type` in parquet.thrift). */
export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  float: 4,
  double: 5,
  bytes: 6,
  fixed: 7,
} as const;
export type Physical = keyof typeof PHYSICAL;

/** Bytes of a value of the type `fixed`: a UUID, or a decimal of more than 18 digits. */
export const FIXED_BYTES = 16;

/** The type of a column, frozen by the plan. */
export const parquetType = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum([
      ...['boolean', 'int16', 'int32', 'int64', 'float', 'double'],
      ...['date', 'time', 'timestamp', 'instant', 'text', 'json', 'uuid'],
    ] as const),
  }),
  z.object({ kind: z.literal('decimal'), precision: z.int().min(1).max(38), scale: z.int().min(0) }),
]);
export type ParquetType = z.infer<typeof parquetType>;

/** The most digits of decimals that are stored in 4 and in 8 bytes. */
const DIGITS_OF_INT32 = 9;
const DIGITS_OF_INT64 = 18;

export function typeOf(column: RenderedColumn): ParquetType {
  switch (column.type) {
    case 'smallint':
      return { kind: 'int16' };
    case 'integer':
      return { kind: 'int32' };
    case 'bigint':
      return { kind: 'int64' };
    case 'real':
      return { kind: 'float' };
    case 'double precision':
      return { kind: 'double' };
    case 'timestamptz':
      return { kind: 'instant' };
    // Unlike jsonb, json may contain half of a surrogate pair ("\ud800"), and DuckDB then rejects the whole file.
    case 'jsonb':
      return { kind: 'json' };
    case 'numeric':
      return column.decimal !== null && fieldFormat(column) === 'numeric'
        ? { kind: 'decimal', precision: column.decimal.precision, scale: column.decimal.scale }
        : { kind: 'text' };
    case 'boolean':
    case 'uuid':
    case 'date':
    case 'time':
    case 'timestamp':
      return { kind: column.type };
    case 'json':
    case 'text':
    case 'char':
    case 'interval':
    case 'inet':
    case 'other':
      return { kind: 'text' };
  }
}

export function physicalOf(type: ParquetType): Physical {
  switch (type.kind) {
    case 'int16':
    case 'int32':
    case 'date':
      return 'int32';
    case 'int64':
    case 'time':
    case 'timestamp':
    case 'instant':
      return 'int64';
    case 'text':
    case 'json':
      return 'bytes';
    case 'uuid':
      return 'fixed';
    case 'decimal':
      if (type.precision <= DIGITS_OF_INT32) return 'int32';
      return type.precision <= DIGITS_OF_INT64 ? 'int64' : 'fixed';
    case 'boolean':
    case 'float':
    case 'double':
      return type.kind;
  }
}
