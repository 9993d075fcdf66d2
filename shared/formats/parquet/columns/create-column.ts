import { physicalOf, type ParquetType } from '../types.js';
import { BooleanColumn } from './boolean.js';
import type { Column, ColumnLimits } from './column.js';
import { Decimal128Column, Decimal32Column, Decimal64Column } from './decimals.js';
import { DoubleColumn, FloatColumn } from './floats.js';
import { DateColumn, Int16Column, Int32Column } from './int32.js';
import { Int64Column, TimeColumn, TimestampColumn } from './int64.js';
import { TextColumn } from './texts.js';
import { UuidColumn } from './uuids.js';

export function createColumn(type: ParquetType, limits: ColumnLimits): Column {
  switch (type.kind) {
    case 'boolean':
      return new BooleanColumn(limits);
    case 'int16':
      return new Int16Column(limits);
    case 'int32':
      return new Int32Column(limits);
    case 'int64':
      return new Int64Column(limits);
    case 'float':
      return new FloatColumn(limits);
    case 'double':
      return new DoubleColumn(limits);
    case 'date':
      return new DateColumn(limits);
    case 'time':
      return new TimeColumn(limits);
    case 'timestamp':
    case 'instant':
      return new TimestampColumn(limits);
    case 'text':
    case 'json':
      return new TextColumn(limits);
    case 'uuid':
      return new UuidColumn(limits);
    case 'decimal': {
      const physical = physicalOf(type);
      if (physical === 'int32') return new Decimal32Column(limits, type);
      return physical === 'int64' ? new Decimal64Column(limits, type) : new Decimal128Column(limits, type);
    }
  }
}
