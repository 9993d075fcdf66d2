import type { ColumnType } from './column-types.js';

/** What people call the two directions of a sort by a column of this type. */
export function directionsOf(type: ColumnType): readonly [ascending: string, descending: string] {
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'numeric':
    case 'real':
    case 'double precision':
      return ['lowest first', 'highest first'];
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return ['oldest first', 'newest first'];
    case 'text':
    case 'char':
      return ['A to Z', 'Z to A'];
    default:
      return ['ascending', 'descending'];
  }
}
