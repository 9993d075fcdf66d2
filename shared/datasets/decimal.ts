import { z } from 'zod';
import type { CatalogColumn } from './catalog.js';
import type { ColumnType, Mask } from './column-types.js';

/**
 * The digits that a numeric column has room for, as a plan stores them: `precision` digits, `scale` of them after the
 * decimal point. As in PostgreSQL 15, the scale may be negative, or greater than the precision.
 */
export const decimalSchema = z.object({ precision: z.number(), scale: z.number() });
export type Decimal = Readonly<z.infer<typeof decimalSchema>>;

/**
 * The size of a column's values as files show them.
 * @param known the column in the database; undefined for a computed column, or if it is unknown
 * @returns null unless it is numeric, not masked, and PostgreSQL keeps every value within this size
 */
export function decimalOf(
  { type, mask }: { readonly type: ColumnType; readonly mask?: Mask | undefined },
  known: Pick<CatalogColumn, 'precision' | 'scale'> | undefined,
): Decimal | null {
  if (type !== 'numeric' || mask !== undefined) return null;
  const { precision = null, scale = null } = known ?? {};
  return precision === null || scale === null ? null : { precision, scale };
}
