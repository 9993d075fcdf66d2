import { z } from 'zod';
import type { ShownColumn } from '../../datasets/shown-columns.js';
import type { RowOrder } from '../../datasets/sort.js';
import { ITEMS, type ThriftWriter } from './thrift-writer.js';
import { typeOf, type ParquetType } from './types.js';

/** The order of the rows of a file, as its row groups state it (`SortingColumn` in parquet.thrift). */

export const parquetOrder = z.object({
  /** Indexes of the columns, the most significant first. */
  columns: z.array(z.int().min(0)).readonly(),
  descending: z.boolean(),
});
export type ParquetOrder = z.infer<typeof parquetOrder>;

/**
 * Types whose values have the same order in PostgreSQL and in Parquet. Texts don't: a collation decides in PostgreSQL,
 * bytes in Parquet. Neither do floats, because readers disagree about NaN and -0.
 */
const SAME_ORDER: readonly ParquetType['kind'][] = [
  ...(['boolean', 'int16', 'int32', 'int64', 'decimal', 'date', 'time', 'timestamp', 'instant', 'uuid'] as const),
];

/** The order as far as the values in the file show it: up to the first column that is missing, masked or a text. */
export function sortedBy(columns: readonly ShownColumn[], order: RowOrder): ParquetOrder {
  const indexes: number[] = [];
  for (const name of order.columns) {
    const index = columns.findIndex((column) => column.name === name);
    const column = columns[index];
    if (column === undefined || column.mask !== undefined || !SAME_ORDER.includes(typeOf(column).kind)) break;
    indexes.push(index);
  }
  return { columns: indexes, descending: order.descending };
}

/**
 * Writes a row group's field `sorting_columns`.
 * @param nulls of each column in the row group. A null may stand for a value without a place in the type, such as
 *   -infinity, so the order ends before a column that has some.
 */
export function writeOrder(thrift: ThriftWriter, field: number, order: ParquetOrder, nulls: readonly number[]): void {
  const { columns, descending } = order;
  const end = columns.findIndex((index) => nulls[index] !== 0);
  const sorted = end === -1 ? columns : columns.slice(0, end);
  if (sorted.length === 0) return;
  thrift.list(field, ITEMS.struct, sorted.length);
  for (const index of sorted) {
    thrift.openStruct();
    thrift.i32(1, index);
    thrift.bool(2, descending);
    // As PostgreSQL sorts them.
    thrift.bool(3, descending);
    thrift.closeStruct();
  }
}
