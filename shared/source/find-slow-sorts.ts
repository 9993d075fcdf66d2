import type { Dataset } from '../datasets/define-dataset.js';
import type { PoolClient } from '../postgres.js';
import { regclass } from './read-catalog.js';

/** A column of a dataset's `sorts` that no index serves: each segment then reads all rows of the tenant. */
export interface SlowSort {
  readonly dataset: string;
  readonly column: string;
  /** The problem and the fix, in sentences for the operator. */
  readonly sentence: string;
}

interface Found {
  readonly column: string;
  /** The name that `format_type` returns, such as `character varying(20)`. */
  readonly type: string;
  /** False: an index would serve the sort, but row-level security keeps PostgreSQL from comparing values with it. */
  readonly lacksIndex: boolean;
  /** Creates the index. */
  readonly statement: string;
}

/**
 * An index serves a sort if it is a B-tree over all rows that has the tenant (if there are several) first and then the
 * column, with the column's collation and default comparison. The key may be missing: PostgreSQL then sorts the rows
 * with equal values. Behind a policy, the comparisons must also be leakproof. For views, see `findSlowViewSorts`.
 */
const UNSERVED = `
  SELECT s.name AS column, format_type(d.atttypid, d.atttypmod) AS type, served.leakproof IS NULL AS "lacksIndex",
    format('CREATE INDEX %sON %s (%s);',
      CASE WHEN c.relkind = 'p' THEN '' ELSE 'CONCURRENTLY ' END, c.oid::regclass,
      (SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.position)
       FROM unnest($3::text[] || s.name || array_remove($5::text[], s.name)) WITH ORDINALITY AS n (name, position))) AS statement
  FROM pg_class c CROSS JOIN unnest($4::text[]) WITH ORDINALITY AS s (name, position)
  JOIN pg_attribute d ON d.attrelid = c.oid AND d.attname = s.name
  LEFT JOIN LATERAL (
    SELECT bool_or((SELECT bool_and(f.proleakproof) FROM pg_amop b JOIN pg_operator e ON e.oid = b.amopopr
      JOIN pg_proc f ON f.oid = e.oprcode
      WHERE b.amopfamily = o.opcfamily AND b.amoplefttype = o.opcintype AND b.amoprighttype = o.opcintype)) AS leakproof
    FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    JOIN pg_opclass o ON o.oid = i.indclass[cardinality($3::text[])]
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[cardinality($3::text[])]
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts > cardinality($3::text[]) AND m.amname = 'btree'
      AND a.attname = s.name AND o.opcdefault AND i.indcollation[cardinality($3::text[])] = a.attcollation
      AND (cardinality($3::text[]) = 0 OR EXISTS (SELECT FROM pg_attribute t
        WHERE t.attrelid = c.oid AND t.attnum = i.indkey[0] AND t.attname = ($3::text[])[1]))) AS served ON true
  WHERE c.oid = ${regclass('$2::text', '$1::text')} AND c.relkind IN ('r', 'p', 'm')
    AND (served.leakproof IS NULL OR NOT served.leakproof AND row_security_active(c.oid))
  ORDER BY s.position`;

export async function findSlowSorts(
  client: Pick<PoolClient, 'query'>,
  { name, schema = '', table, tenantColumn, key, sorts = [] }: Dataset,
): Promise<SlowSort[]> {
  if (sorts.length === 0) return [];
  const tenant = tenantColumn === undefined ? [] : [tenantColumn];
  const { rows } = await client.query<Found>(UNSERVED, [table, schema, tenant, sorts, key]);
  const wanted = tenantColumn === undefined ? 'has this column first' : 'has the tenant first and then this column';
  return rows.map((found) => ({ dataset: name, column: found.column, sentence: sentenceFor(name, found, wanted) }));
}

function sentenceFor(dataset: string, { column, type, lacksIndex, statement }: Found, wanted: string): string {
  const problem = `Exports of dataset ${dataset} that are sorted by ${column} will be slow`;
  return lacksIndex
    ? `${problem}, because no index ${wanted}: run ${statement}`
    : `${problem}, because PostgreSQL can't use an index to compare ${type} values behind row-level security: see "Sorted exports" in docs/datasets.md.`;
}
