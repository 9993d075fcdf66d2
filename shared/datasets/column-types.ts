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

/** A column of a table or view. */
export interface ColumnDefinition {
  readonly type: ColumnType;
  /** For headings and the web page. Default: the column's name. */
  readonly label?: string;
}
