import { COLUMN_TYPES, type ColumnDefinition, type ColumnType, type Mask } from './column-types.js';

/**
 * Masks the columns of tables in SQL, so that what they hide never leaves the database. Computed values are masked in
 * JavaScript, after their inputs were read. Null stays null. Equal values stay equal when they are masked, in every
 * format.
 */

/** The session setting with the key of `hash`, so that no query contains the key. */
export const MASK_KEY_SETTING = 'app.mask_key';

/** Shorter values would show more than half of their characters. */
const LEAST_LENGTH = 8;

/** The types that each mask takes. A hash of a few possible values, such as true and false, hides nothing. */
const MASKABLE: Readonly<Record<Mask, readonly ColumnType[]>> = {
  redact: COLUMN_TYPES,
  last_4: ['text', 'char', 'uuid', 'integer', 'bigint', 'numeric'],
  hash: ['text', 'char', 'uuid', 'smallint', 'integer', 'bigint', 'numeric', 'date', 'inet'],
  year: ['date', 'timestamp', 'timestamptz'],
};

/** The masks of computed columns, which are masked in JavaScript. Only PostgreSQL computes hashes. */
const COMPUTED_MASKS: readonly Mask[] = ['redact', 'last_4', 'year'];

/** Why a mask doesn't fit a computed column of this type, as the end of a sentence; null if it does. */
export const computedMaskProblem = (mask: Mask, type: ColumnType): string | null =>
  COMPUTED_MASKS.includes(mask) ? maskProblem(mask, type) : `the mask ${mask} is only for columns of the table`;

/** Why a mask doesn't fit a column's type, as the end of a sentence; null if it does. */
export const maskProblem = (mask: Mask, type: ColumnType): string | null =>
  MASKABLE[mask].includes(type) ? null : `the mask ${mask} is for ${MASKABLE[mask].join(', ')}, not for ${type}`;

/** The type of a column's values as files show them. */
export function shownType<Type extends ColumnType>({
  type,
  mask,
}: {
  readonly type: Type;
  readonly mask?: Mask | undefined;
}): Type | 'integer' | 'text' {
  if (mask === undefined) return type;
  return mask === 'year' ? 'integer' : 'text';
}

/** An SQL expression for the values that files show. */
export function shownSql(quoted: string, { mask }: ColumnDefinition): string {
  if (mask === undefined) return quoted;
  // The cast drops the padding of a char(n).
  const text = `${quoted}::text`;
  switch (mask) {
    case 'redact':
      // `IS NULL` is also true for a row of nulls.
      return `(CASE WHEN num_nulls(${quoted}) = 0 THEN '***' END)`;
    case 'last_4':
      return `('****' || CASE WHEN length(${text}) < ${LEAST_LENGTH} THEN '' ELSE right(${text}, 4) END)`;
    case 'hash':
      return `encode(sha256(convert_to(current_setting('${MASK_KEY_SETTING}') || ${text}, 'UTF8')), 'hex')`;
    case 'year':
      // Infinity has no year.
      return `(CASE WHEN isfinite(${quoted}) THEN extract(year FROM ${quoted})::integer END)`;
  }
}

/** Masks the text of a computed value as `shownSql` masks a column. */
export function maskedText(text: string, mask: Mask | undefined): string {
  switch (mask) {
    case undefined:
      return text;
    case 'redact':
      return '***';
    case 'last_4': {
      // Code points, as PostgreSQL counts them.
      const characters = Array.from(text);
      return `****${characters.length < LEAST_LENGTH ? '' : characters.slice(-4).join('')}`;
    }
    case 'year':
      return String(Number(text.slice(0, 4)));
    case 'hash':
      throw new RangeError('Computed values have no hashes.');
  }
}
