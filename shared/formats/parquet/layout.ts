import { z } from 'zod';
import { serviceVersion } from '../../process/service-version.js';
import type { BareOutline, DescribedRows } from '../encoding.js';
import { parquetOrder, sortedBy } from './row-order.js';
import { parquetType, typeOf } from './types.js';

/** Decided by the plan for the whole file. */
export const parquetLayout = z.object({
  /** By column. */
  types: z.array(parquetType),
  order: parquetOrder,
  /** The version of the service that planned the file. */
  serviceVersion: z.string(),
});
export type ParquetLayout = z.infer<typeof parquetLayout>;

const VERSION = serviceVersion();

export const createLayout = ({ columns }: BareOutline, { order }: DescribedRows): ParquetLayout => ({
  types: columns.map(typeOf),
  order: sortedBy(columns, order),
  serviceVersion: VERSION,
});
