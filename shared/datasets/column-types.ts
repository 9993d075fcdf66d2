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

/** How the values of a column are masked: see masks.ts. */
export const MASKS = ['redact', 'last_4', 'hash', 'year'] as const;
export type Mask = (typeof MASKS)[number];

/** How a file shows a column: as everybody may see it, in full to those with the permission, or masked. */
export const DISCLOSURES = ['open', 'full', ...MASKS] as const;
export type Disclosure = (typeof DISCLOSURES)[number];

/** What callers without a column's permission get: nothing, a name with a reason, or masked values. */
export const UNLESS = ['hidden', 'locked', 'masked'] as const;

/** Who may see a column, also a computed one. Default: everybody who may export the dataset. */
export interface ColumnRights {
  /** An SQL condition like the dataset's: only callers for whom it is true may see the column. */
  readonly permission?: string;
  /** For everybody else; default: hidden. */
  readonly unless?: (typeof UNLESS)[number];
  /** Why the column is locked, for users. */
  readonly reason?: string;
  /** How values are masked: for everybody else, or without `permission` for everybody. */
  readonly mask?: Mask;
}

/** How people see a column, whether of a table or computed. */
export interface ColumnLook extends NumberLook {
  /** For headings and the web page. Default: the column's name. */
  readonly label?: string;
  /** What the column means, for people who choose columns. One line. */
  readonly description?: string;
  /** Exported only if the request names it, or in an account export. */
  readonly hidden?: boolean;
}

/** A column of a table or view. */
export interface ColumnDefinition extends ColumnLook, ColumnRights {
  readonly type: ColumnType;
}
