import type { ColumnDefinition, ColumnLook, ColumnRights, ColumnType } from './column-types.js';

/** Columns that TypeScript computes from other columns of the same row, one row at a time. */

/** The types of computed columns. There is none for times of day: use ISO 8601 text, or a view. */
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

/** A column's value for `compute`: a JavaScript value if one holds it exactly, otherwise PostgreSQL's text. */
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
>
  extends ColumnLook, ColumnRights {
  readonly type: Type;
  /** The columns that it is computed from; `compute` receives these and no others. */
  readonly from: From;
  /** Must return the same value for the same row, on any machine at any time. Called once per row: do no I/O. */
  readonly compute: (row: {
    readonly [Name in From[number]]: RowValue<Columns[Name]['type']> | null;
  }) => ValueOf<Type> | null;
}

/** A computed column of any dataset. */
export interface ComputedColumn extends ColumnLook, ColumnRights {
  readonly type: ComputedType;
  readonly from: readonly string[];
  readonly compute: (row: never) => unknown;
}
