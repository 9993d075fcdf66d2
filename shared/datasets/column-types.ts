/**
 * PostgreSQL's types by their usual names. `text` stands for every string type that is not blank-padded, `inet` for
 * cidr, too, and `other` for every type that has no name here: exported as PostgreSQL writes it, and not compared.
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
  /** For people: headings, the web page. Default: the column's name. */
  readonly label?: string;
}
