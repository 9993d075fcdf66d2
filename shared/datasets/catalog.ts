import type { ColumnType } from './column-types.js';

/** The part of PostgreSQL's catalog that definitions are checked against. */
export interface Catalog {
  /** A view has no indexes that could prove its key. */
  readonly kind: 'table' | 'view';
  readonly encoding: string;
  readonly columns: ReadonlyMap<string, CatalogColumn>;
  /** Whether a unique index consists of the key's columns only, perhaps with the tenant's. */
  readonly isKeyProven: boolean;
}

export interface CatalogColumn {
  readonly name: string;
  /** As PostgreSQL writes it for people: `character varying(40)`, `integer[]`, the name of a domain. */
  readonly type: string;
  /** The name of the type, or of a domain's base type; null if it is neither PostgreSQL's nor citext. */
  readonly base: string | null;
  /** The labels of an enum, in order. */
  readonly labels: readonly string[] | null;
  /** Digits of `numeric(12,2)`, here 12, also of a domain; null if the type doesn't say. */
  readonly precision: number | null;
  /** How many of them are decimals, here 2. From PostgreSQL 15 on, may be negative or exceed the precision. */
  readonly scale: number | null;
  /** Whether a table's column may contain nulls. Views can't tell; there the plan looks for nulls. */
  readonly isNullable: boolean;
  /** Whether texts that the column compares as equal are identical, byte for byte. False for citext and char(n). */
  readonly isExact: boolean;
  /** Whether the type is money, or an array, range or row that contains it. Its text depends on `lc_monetary`. */
  readonly hasMoney: boolean;
}

/** A domain counts as its base type. */
const TYPE_OF: Readonly<Record<string, ColumnType>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  numeric: 'numeric',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  text: 'text',
  varchar: 'text',
  citext: 'text',
  bpchar: 'char',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
  inet: 'inet',
  cidr: 'inet',
  json: 'json',
  jsonb: 'jsonb',
};

/** The type that a definition has to declare for a column. */
export function columnTypeOf({ base, labels }: Pick<CatalogColumn, 'base' | 'labels'>): ColumnType {
  if (labels !== null) return 'text';
  return base !== null && Object.hasOwn(TYPE_OF, base) ? (TYPE_OF[base] ?? 'other') : 'other';
}
