import { z } from 'zod';

/**
 * How people see the numbers of a column, in workbooks and PDFs, and the type of exact decimals, in formats that have
 * one. No value is ever rounded, and text formats stay as PostgreSQL writes them.
 */

export const NUMBER_STYLES = ['number', 'currency', 'percent'] as const;
type NumberStyle = (typeof NUMBER_STYLES)[number];

/** The part of a column's definition that decides how people see its numbers. */
export interface NumberLook {
  /** With `scale`, the column's type is `numeric(precision, scale)`. Default: the type in the database. */
  readonly precision?: number;
  /**
   * Decimals that people see, at least. Default: those of `numeric(12,2)`, or of the currency. With `precision`, the
   * scale of the type instead.
   */
  readonly scale?: number;
  /** `number` separates thousands, `currency` also names the currency, and `percent` shows 0.19 as 19%. */
  readonly format?: NumberStyle;
  /** The ISO 4217 code, such as EUR. Required for `currency`. */
  readonly currency?: string;
}

/** A column's number format, as a plan stores it. */
export const numberFormatSchema = z.object({
  style: z.enum(['plain', ...NUMBER_STYLES]),
  /** Null: as many as the value has. */
  scale: z.number().nullable(),
  currency: z.string().nullable(),
});
export type NumberFormat = Readonly<z.infer<typeof numberFormatSchema>>;

/** Excel's limit: https://support.microsoft.com/office/number-format-codes-5026bbd6-04bc-48cd-bf33-80f18b4eae68 */
export const MAX_SCALE = 30;

/** The digits of the largest decimals that Parquet's readers take: DuckDB, Arrow's decimal128, Spark and Snowflake. */
const MAX_PRECISION = 38;

const NUMBERS: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision']);
/** Spreadsheets show every digit of these. A number of more than 11 digits needs a cell with a number format. */
const SHORT: ReadonlySet<string> = new Set(['smallint', 'integer']);

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Why a definition makes no sense, as the end of a sentence about the column; null if it does. */
export function numberLookProblem(type: string, look: NumberLook): string | null {
  const { precision, scale, format, currency } = look;
  if ([precision, scale, format, currency].every((setting) => setting === undefined)) return null;
  if (!NUMBERS.has(type)) return `is ${type}, so it can't have precision, scale, format or currency`;
  if (precision !== undefined) {
    const problem = precisionProblem(type, precision, scale);
    if (problem !== null) return problem;
  } else if (scale !== undefined && (!Number.isInteger(scale) || scale < 0 || scale > MAX_SCALE)) {
    return `has the scale ${String(scale)}; it can be 0 to ${MAX_SCALE}`;
  }
  if (format !== undefined && !NUMBER_STYLES.includes(format)) {
    return `has the format ${JSON.stringify(format)}; it can be ${NUMBER_STYLES.join(', ')}`;
  }
  if ((format === 'currency') !== (currency !== undefined)) return 'needs both format: currency and a currency';
  if (currency !== undefined && !CURRENCIES.has(currency)) {
    return `has the currency ${JSON.stringify(currency)}, which isn't an ISO 4217 code such as EUR`;
  }
  return null;
}

function precisionProblem(type: string, precision: number, scale: number | undefined): string | null {
  if (type !== 'numeric') return `is ${type}, so it can't have a precision: only numeric can`;
  if (!Number.isInteger(precision) || precision < 1 || precision > MAX_PRECISION) {
    return `has the precision ${String(precision)}; it can be 1 to ${MAX_PRECISION}`;
  }
  if (scale === undefined) return 'has a precision, but no scale: set it to the number of decimals, which may be 0';
  if (!Number.isInteger(scale) || scale < 0 || scale > precision) {
    return `has the precision ${precision} and the scale ${String(scale)}; the scale can be 0 to ${precision}`;
  }
  return null;
}

/** Whether a definition can declare the type `numeric(precision, scale)`. */
export const isDeclarable = (precision: number, scale: number): boolean =>
  precisionProblem('numeric', precision, scale) === null;

const decimalsOf = (currency: string): number | undefined =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;

/**
 * Null for a column that isn't a number, or that looks as PostgreSQL writes it.
 * @param knownScale of its type, as the definition or the database says; null if unknown
 */
export function numberFormatOf(type: string, look: NumberLook, knownScale: number | null): NumberFormat | null {
  if (!NUMBERS.has(type)) return null;
  const { precision, format, currency } = look;
  // With a precision, the scale is that of the type.
  const scale = precision === undefined ? look.scale : undefined;
  if (format === undefined && scale === undefined && SHORT.has(type)) return null;
  const isWhole = SHORT.has(type) || type === 'bigint' || (knownScale ?? 0) < 0;
  const known = isWhole ? 0 : knownScale;
  // 0.1900 is 19.00%.
  const ofColumn = known === null || format !== 'percent' ? known : Math.max(0, known - 2);
  const ofCurrency = currency === undefined ? undefined : decimalsOf(currency);
  const decimals = scale ?? ofColumn ?? ofCurrency ?? null;
  if (format === undefined && decimals === null) return null;
  return {
    style: format ?? 'plain',
    scale: decimals === null ? null : Math.min(decimals, MAX_SCALE),
    currency: currency ?? null,
  };
}
