import type { Dataset } from '../datasets/define-dataset.js';
import type { PoolClient } from '../postgres.js';
import { regclass } from './read-catalog.js';

/** A column of a dataset's `sorts` that no index serves: PostgreSQL sorts all rows of the tenant for each segment. */
export interface SlowSort {
  readonly dataset: string;
  readonly column: string;
  /** The problem and the fix, in sentences for the operator. */
  readonly sentence: string;
}

/**
 * An index serves a sort if it is a B-tree over all rows that has the tenant (if there are several) first and then the column, compared as the
 * column compares. The key may be missing: PostgreSQL then sorts the rows with equal values. Views have no indexes.
 */
const UNSERVED = `
  SELECT s.name AS column, format('CREATE INDEX %sON %s (%s);',
      CASE WHEN c.relkind = 'p' THEN '' ELSE 'CONCURRENTLY ' END, c.oid::regclass,
      (SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.place)
       FROM unnest($3::text[] || s.name || array_remove($5::text[], s.name)) WITH ORDINALITY AS n (name, place))) AS statement
  FROM pg_class c CROSS JOIN unnest($4::text[]) WITH ORDINALITY AS s (name, place)
  WHERE c.oid = ${regclass('$2::text', '$1::text')} AND c.relkind IN ('r', 'p', 'm') AND NOT EXISTS (
    SELECT FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    JOIN pg_opclass o ON o.oid = i.indclass[cardinality($3)]
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[cardinality($3)]
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts > cardinality($3) AND m.amname = 'btree'
      AND a.attname = s.name AND o.opcdefault AND i.indcollation[cardinality($3)] = a.attcollation
      AND (cardinality($3) = 0 OR EXISTS (SELECT FROM pg_attribute t
        WHERE t.attrelid = c.oid AND t.attnum = i.indkey[0] AND t.attname = $3[1])))
  ORDER BY s.place`;

export async function findSlowSorts(
  client: Pick<PoolClient, 'query'>,
  { name, schema = '', table, tenantColumn, key, sorts = [] }: Dataset,
): Promise<SlowSort[]> {
  if (sorts.length === 0) return [];
  const { rows } = await client.query<{ column: string; statement: string }>(UNSERVED, [
    ...[table, schema, tenantColumn === undefined ? [] : [tenantColumn], sorts, key],
  ]);
  const wanted = tenantColumn === undefined ? 'has this column first' : 'has the tenant first and then this column';
  return rows.map(({ column, statement }) => ({
    dataset: name,
    column,
    sentence: `Exports of dataset ${name} that are sorted by ${column} will be slow, because no index ${wanted}: run ${statement}`,
  }));
}
