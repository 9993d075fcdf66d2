import type { Catalog, CatalogColumn } from '../datasets/catalog.js';
import type { Dataset } from '../datasets/define-dataset.js';
import type { PoolClient } from '../postgres.js';

type Client = Pick<PoolClient, 'query'>;

/** Tables (also partitioned) and materialized views have indexes; views and foreign tables don't. */
const TABLES = ['r', 'p', 'm'];
const VIEWS = ['v', 'f'];

/** SQL expression for the table with this exact name; without a schema, the search path decides. */
export function regclass(schema: string, name: string): string {
  const qualified = `quote_ident(${schema}) || '.' || quote_ident(${name})`;
  return `to_regclass(CASE WHEN ${schema} = '' THEN quote_ident(${name}) ELSE ${qualified} END)`;
}

/** SQL expression: whether other tables inherit from a row of pg_class. Partitions do not count. */
export function hasHeirs(relation: string): string {
  return `(${relation}.relkind <> 'p' AND EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = ${relation}.oid))`;
}

/**
 * A unique index proves a key if the key includes all its columns and it compares values as the column does: if the
 * column's collation treats `a` and `A` as equal, an index with another collation allows both. A parent table also
 * returns its children's rows, which its indexes don't cover; a partitioned table's indexes cover all partitions.
 */
const RELATION = `
  SELECT c.oid::text AS oid, c.relkind::text AS kind, current_setting('server_encoding') AS encoding,
    NOT ${hasHeirs('c')} AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid
      AND i.indpred IS NULL AND i.indexprs IS NULL
      AND (SELECT array_agg(a.attname::text) <@ $3::text[]
             AND bool_and(n.collisdeterministic IS NOT FALSE OR p.coll = a.attcollation)
           FROM unnest(i.indkey::int2[], i.indcollation::oid[]) WITH ORDINALITY AS p (attnum, coll, position)
           JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.attnum
           LEFT JOIN pg_collation n ON n.oid = a.attcollation
           WHERE p.position <= i.indnkeyatts)) AS proven
  FROM pg_class c WHERE c.relkind = ANY ($4) AND c.oid = ${regclass('$2::text', '$1::text')}`;

/** A table's schema, which is empty if the search path decides, and its name. */
export type TableName = readonly [schema: string, table: string];

interface Relation {
  readonly oid: string;
  readonly kind: string;
  readonly schema: string;
  readonly table: string;
  /** The index of its name. */
  readonly index: number;
}

const FIND = `
  SELECT c.oid::text AS oid, c.relkind::text AS kind, n.schema, n.name AS table, n.position::int - 1 AS index
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (schema, name, position)
  JOIN pg_class c ON c.oid = ${regclass('n.schema', 'n.name')}
  WHERE c.relkind = ANY ($3) ORDER BY n.position`;

/** The names that are tables or views which the user may see, in their order. */
export async function findRelations(client: Client, names: readonly TableName[]): Promise<Relation[]> {
  const [schemas, tables] = [names.map(([schema]) => schema), names.map(([, table]) => table)];
  return (await client.query<Relation>(FIND, [schemas, tables, [...TABLES, ...VIEWS]])).rows;
}

/** Each column's type, then the types that it is made of: a domain's base type (`whole`), elements, fields, bounds. */
const COLUMNS = `
  WITH RECURSIVE parts (attrelid, attnum, type, whole, typmod) AS (
    SELECT attrelid, attnum, atttypid, true, atttypmod FROM pg_attribute
    WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped
    UNION
    SELECT p.attrelid, p.attnum, inner_.type, p.whole AND t.typtype = 'd', t.typtypmod
    FROM parts p JOIN pg_type t ON t.oid = p.type CROSS JOIN LATERAL (
      SELECT t.typbasetype WHERE t.typtype = 'd'
      UNION ALL SELECT t.typelem WHERE t.typcategory = 'A' AND t.typtype <> 'd'
      UNION ALL SELECT f.atttypid FROM pg_attribute f
        WHERE f.attrelid = t.typrelid AND t.typtype = 'c' AND f.attnum > 0 AND NOT f.attisdropped
      UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
    ) AS inner_ (type))
  SELECT a.attrelid::text AS relation, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
    CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace OR t.typname = 'citext' THEN t.typname::text END AS base,
    CASE WHEN t.typtype = 'e' THEN
      (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) END AS labels,
    -- The modifier, less four, is the precision above 16 bits, of which the lower 11 are the scale, signed:
    -- https://doxygen.postgresql.org/backend_2utils_2adt_2numeric_8c.html
    CASE WHEN t.oid = 'numeric'::regtype AND p.typmod >= 4 THEN (p.typmod - 4) >> 16 END AS precision,
    CASE WHEN t.oid = 'numeric'::regtype AND p.typmod >= 4 THEN (((p.typmod - 4) & 2047) # 1024) - 1024 END AS scale,
    c.relkind IN ('r', 'p') AND NOT a.attnotnull AND NOT own.typnotnull AS "isNullable",
    t.typname <> 'citext' AND t.oid <> 'bpchar'::regtype AND NOT EXISTS
      (SELECT FROM pg_collation n WHERE n.oid = a.attcollation AND NOT n.collisdeterministic) AS "isExact",
    EXISTS (SELECT FROM parts m WHERE m.attrelid = a.attrelid AND m.attnum = a.attnum AND m.type = 'money'::regtype) AS "hasMoney"
  FROM pg_attribute a JOIN parts p USING (attrelid, attnum) JOIN pg_type t ON t.oid = p.type
  JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type own ON own.oid = a.atttypid
  WHERE p.whole AND t.typtype <> 'd'
  ORDER BY a.attrelid, a.attnum`;

/** The catalog entry of a dataset's table or view; null if it does not exist or the user may not see it. */
export async function readCatalog(
  client: Client,
  { schema, table, key, tenantColumn }: Pick<Dataset, 'schema' | 'table' | 'key' | 'tenantColumn'>,
): Promise<Catalog | null> {
  const { rows } = await client.query<{ oid: string; kind: string; encoding: string; proven: boolean }>(RELATION, [
    table,
    schema ?? '',
    [...key, ...(tenantColumn === undefined ? [] : [tenantColumn])],
    [...TABLES, ...VIEWS],
  ]);
  const [relation] = rows;
  if (relation === undefined) return null;
  const { oid, kind, encoding, proven } = relation;
  const columns = await readColumns(client, oid);
  return {
    kind: TABLES.includes(kind) ? 'table' : 'view',
    encoding,
    columns: byName(columns),
    isKeyProven: proven,
  };
}

/** The columns of datasets' tables and views, by the names of the datasets; without those that don't exist. */
export async function readCatalogs(
  client: Client,
  datasets: readonly Pick<Dataset, 'name' | 'schema' | 'table'>[],
): Promise<Map<string, Catalog['columns']>> {
  const relations = await findRelations(
    client,
    datasets.map(({ schema = '', table }) => [schema, table]),
  );
  const columns = await readColumnsOf(client, [...new Set(relations.map(({ oid }) => oid))]);
  return new Map(
    relations.map(({ oid, index }) => [datasets[index]?.name ?? '', byName(columns.get(oid) ?? [])] as const),
  );
}

const byName = (columns: readonly CatalogColumn[]): Catalog['columns'] =>
  new Map(columns.map((column) => [column.name, column]));

/** The columns of a table or view, in table order. */
export async function readColumns(client: Client, oid: string): Promise<CatalogColumn[]> {
  return (await readColumnsOf(client, [oid])).get(oid) ?? [];
}

/** The same for several tables and views, by oid. */
async function readColumnsOf(client: Client, oids: readonly string[]): Promise<Map<string, CatalogColumn[]>> {
  const { rows } = await client.query<CatalogColumn & { readonly relation: string }>(COLUMNS, [oids]);
  const found = new Map<string, CatalogColumn[]>();
  for (const { relation, ...column } of rows) {
    const columns = found.get(relation);
    if (columns === undefined) found.set(relation, [column]);
    else columns.push(column);
  }
  return found;
}
