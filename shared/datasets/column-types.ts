import type { NumberLook } from './number-format.js';

/**
 * PostgreSQL's types by their usual names. `text` stands for every string type that isn't blank-padded, `inet` also for
 * cidr, and `other` for every type without a name here: it is exported as PostgreSQL writes it, and can't be compared.
 */
export const COLUMN_TYPES = [
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'boolean',
  'text',
  'char',
  'uuid',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'interval',
  'inet',
  'json',
  'jsonb',
  'other',
] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** How people meet a column, of a table or computed. */
export interface ColumnLook extends NumberLook {
  /** For headings and the web page. Default: the column's name. */
  readonly label?: string;
  /** What the column means, for people who choose columns. One line. */
  readonly description?: string;
  /** Exported only if the request names it, or in an account export. */
  readonly hidden?: boolean;
}

/** A column of a table or view. */
export interface ColumnDefinition extends ColumnLook {
  readonly type: ColumnType;
}
