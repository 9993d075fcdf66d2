import { z } from 'zod';
import { serviceVersion } from '../../process/service-version.js';
import type { BareOutline } from '../encoding.js';
import { parquetType, typeOf } from './types.js';

/** What the plan decides for the whole file. */
export const parquetLayout = z.object({
  /** By column. */
  types: z.array(parquetType),
  /** The service that planned the file. */
  createdBy: z.string(),
});
export type ParquetLayout = z.infer<typeof parquetLayout>;

const CREATED_BY = `export-service version ${serviceVersion()}`;

export const createLayout = ({ columns }: BareOutline): ParquetLayout => ({
  types: columns.map(typeOf),
  createdBy: CREATED_BY,
});
