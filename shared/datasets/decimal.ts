import { z } from 'zod';
import type { CatalogColumn } from './catalog.js';
import type { ColumnDefinition } from './column-types.js';

/**
 * The digits that a numeric column has room for, as a plan stores them: `precision` digits, `scale` of them after the
 * decimal point. As in PostgreSQL 15, the scale may be negative, or greater than the precision.
 */
export const decimalSchema = z.object({ precision: z.number(), scale: z.number() });
export type Decimal = Readonly<z.infer<typeof decimalSchema>>;

/** The settings of a column that decide about its digits. */
type Declared = Pick<ColumnDefinition, 'type' | 'mask' | 'precision' | 'scale'>;

/**
 * The size of a column's values as files show them: the one that its definition declares, or that of the database,
 * which has room for every value.
 * @param known the column in the database; undefined for a computed column, or if it is unknown
 * @returns null unless it is numeric, not masked, and has a size
 */
export function decimalOf(
  declared: Declared,
  known: Pick<CatalogColumn, 'precision' | 'scale'> | undefined,
): Decimal | null {
  if (declared.type !== 'numeric' || declared.mask !== undefined) return null;
  if (declared.precision !== undefined && declared.scale !== undefined) {
    return { precision: declared.precision, scale: declared.scale };
  }
  const { precision = null, scale = null } = known ?? {};
  return precision === null || scale === null ? null : { precision, scale };
}

/** The columns of a table whose size only the database knows, for those who see them in full. */
export const undeclaredDecimals = ({
  columns,
}: {
  readonly columns: Readonly<Record<string, ColumnDefinition>>;
}): string[] =>
  Object.entries(columns)
    .filter(([, { type, precision, mask, permission }]) => {
      const isMaskedForAll = mask !== undefined && permission === undefined;
      return type === 'numeric' && precision === undefined && !isMaskedForAll;
    })
    .map(([name]) => name);
