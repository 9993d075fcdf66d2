import type { RenderedColumn } from '../../datasets/query.js';
import { typeOf } from './types.js';

/** A column's type in the notation of Parquet's schemas, such as `DECIMAL(12, 2)`. Every column may be null. */
export function typeText(column: RenderedColumn): string {
  const type = typeOf(column);
  switch (type.kind) {
    case 'int16':
      return 'INT(16, SIGNED)';
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'text':
      return 'STRING';
    case 'time':
      return 'TIME(MICROS)';
    case 'timestamp':
      return 'TIMESTAMP(MICROS)';
    case 'instant':
      return 'TIMESTAMP(MICROS, UTC)';
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
    case 'date':
    case 'json':
    case 'uuid':
      return type.kind.toUpperCase();
  }
}
