import type { ColumnType } from './define-dataset.js';

/** What PostgreSQL's catalogue says of a table or view: the part that a definition is held against. */
export interface Catalogue {
  /** A view has no index that could prove its key. */
  readonly kind: 'table' | 'view';
  readonly encoding: string;
  readonly columns: ReadonlyMap<string, CatalogueColumn>;
  /** Some unique index has no columns but those of the key, and perhaps the tenant's. */
  readonly isKeyProven: boolean;
}

export interface CatalogueColumn {
  readonly name: string;
  /** As PostgreSQL writes it, for people: `character varying(40)`, `integer[]`, the name of a domain. */
  readonly type: string;
  /** The type's own name, that of a domain's base type; null for one that is neither PostgreSQL's nor citext. */
  readonly base: string | null;
  /** Of an enumeration, in its order. */
  readonly labels: readonly string[] | null;
  /** It is money, or an array, range or row with money in it: written as `lc_monetary` of the server says. */
  readonly hasMoney: boolean;
}

/** A domain is what it is over. */
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

/** The one type that a definition has to declare for a column. */
export function columnTypeOf({ base, labels }: CatalogueColumn): ColumnType {
  if (labels !== null) return 'text';
  return base !== null && Object.hasOwn(TYPE_OF, base) ? (TYPE_OF[base] ?? 'other') : 'other';
}
