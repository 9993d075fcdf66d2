import { FIXED_BYTES, PHYSICAL, physicalOf, type ParquetType } from './types.js';
import { ITEMS, type ThriftWriter } from './thrift-writer.js';

/** The schema in a file's footer: `SchemaElement` and `LogicalType` in parquet.thrift. */

/** A column of the file. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: ParquetType;
}

const OPTIONAL = 1;

/** Annotations for readers that are older than logical types (`ConvertedType`). */
const CONVERTED = { text: 0, decimal: 5, date: 6, instant: 10, int16: 16, json: 19 } as const;
const hasConverted = (kind: string): kind is keyof typeof CONVERTED => Object.hasOwn(CONVERTED, kind);

/** Members of the union `LogicalType`. */
const LOGICAL = { text: 1, decimal: 5, date: 6, time: 7, timestamp: 8, integer: 10, json: 12, uuid: 14 } as const;
/** The member of the union `TimeUnit`. */
const MICROSECONDS = 2;

/**
 * Writes the field `schema` of FileMetaData: a root and its columns, which may all be null.
 * @param field number of the field
 */
export function writeSchema(thrift: ThriftWriter, field: number, columns: readonly ParquetColumn[]): void {
  thrift.list(field, ITEMS.struct, columns.length + 1);
  thrift.openStruct();
  thrift.text(4, 'schema');
  thrift.i32(5, columns.length);
  thrift.closeStruct();
  for (const { name, type } of columns) {
    const physical = physicalOf(type);
    thrift.openStruct();
    thrift.i32(1, PHYSICAL[physical]);
    if (physical === 'fixed') thrift.i32(2, FIXED_BYTES);
    thrift.i32(3, OPTIONAL);
    thrift.text(4, name);
    if (hasConverted(type.kind)) thrift.i32(6, CONVERTED[type.kind]);
    if (type.kind === 'decimal') {
      thrift.i32(7, type.scale);
      thrift.i32(8, type.precision);
    }
    writeLogical(thrift, 10, type);
    thrift.closeStruct();
  }
}

function writeLogical(thrift: ThriftWriter, field: number, type: ParquetType): void {
  switch (type.kind) {
    case 'text':
    case 'date':
    case 'json':
    case 'uuid':
      thrift.openStruct(field);
      thrift.emptyStruct(LOGICAL[type.kind]);
      thrift.closeStruct();
      return;
    case 'time':
    case 'timestamp':
    case 'instant':
      thrift.openStruct(field);
      writeMicroseconds(thrift, type.kind);
      thrift.closeStruct();
      return;
    case 'int16':
      thrift.openStruct(field);
      thrift.openStruct(LOGICAL.integer);
      thrift.byte(1, 16);
      thrift.bool(2, true);
      thrift.closeStruct();
      thrift.closeStruct();
      return;
    case 'decimal':
      thrift.openStruct(field);
      thrift.openStruct(LOGICAL.decimal);
      thrift.i32(1, type.scale);
      thrift.i32(2, type.precision);
      thrift.closeStruct();
      thrift.closeStruct();
      return;
    // Plain numbers and booleans have no annotation.
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
  }
}

/** Times are only instants, and so adjusted to UTC, if the column's type is timestamptz. */
function writeMicroseconds(thrift: ThriftWriter, kind: 'time' | 'timestamp' | 'instant'): void {
  thrift.openStruct(kind === 'time' ? LOGICAL.time : LOGICAL.timestamp);
  thrift.bool(1, kind === 'instant');
  thrift.openStruct(2);
  thrift.emptyStruct(MICROSECONDS);
  thrift.closeStruct();
  thrift.closeStruct();
}
