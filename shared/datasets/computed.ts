import type { ColumnDefinition, ColumnType } from './column-types.js';

/** Columns that are computed in TypeScript, a row at a time, from others of the same row. */

/** Types that a computed column can have. Times of day have none: an ISO 8601 text does, or a view. */
export const COMPUTED_TYPES = [
  'integer',
  'bigint',
  'numeric',
  'double precision',
  'boolean',
  'text',
  'date',
  'jsonb',
] as const satisfies readonly ColumnType[];
export type ComputedType = (typeof COMPUTED_TYPES)[number];

/** What `compute` finds of a column: a JavaScript value where one holds it exactly, else PostgreSQL's own text. */
export type RowValue<Type extends ColumnType> = Type extends 'smallint' | 'integer' | 'real' | 'double precision'
  ? number
  : Type extends 'bigint'
    ? bigint
    : Type extends 'boolean'
      ? boolean
      : Type extends 'json' | 'jsonb'
        ? unknown
        : string;

/** What `compute` returns for a column of this type. */
export type ValueOf<Type extends ComputedType> = Type extends 'integer' | 'double precision'
  ? number
  : Type extends 'bigint'
    ? bigint | number
    : Type extends 'numeric'
      ? number | bigint | string
      : Type extends 'boolean'
        ? boolean
        : Type extends 'jsonb'
          ? object | string | number | boolean
          : string;

export interface ComputedDefinition<
  Columns extends Readonly<Record<string, ColumnDefinition>>,
  From extends readonly (keyof Columns)[],
  Type extends ComputedType,
> {
  readonly type: Type;
  /** For people. Default: the column's name. */
  readonly label?: string;
  /** The columns that it is computed from; the row has these and no others. */
  readonly from: From;
  /** The same row gives the same value, whenever and wherever it is asked. Called once a row: do no I/O. */
  readonly compute: (row: {
    readonly [Name in From[number]]: RowValue<Columns[Name]['type']> | null;
  }) => ValueOf<Type> | null;
}

/** A computed column of any dataset. */
export interface ComputedColumn {
  readonly type: ComputedType;
  readonly label?: string;
  readonly from: readonly string[];
  readonly compute: (row: never) => unknown;
}
