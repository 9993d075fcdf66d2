import type { Catalog } from '../datasets/catalog.js';
import type { Dataset } from '../datasets/define-dataset.js';
import type { PoolClient } from '../postgres.js';
import { explainSort, type Unserved } from './explain-sort.js';
import { readCatalog, regclass } from './read-catalog.js';

/** A column of a dataset's `sorts` that no index serves: each segment then reads all rows of the tenant, or more. */
export interface SlowSort {
  readonly dataset: string;
  readonly column: string;
  /** The problem and the fix, in sentences for the operator. */
  readonly sentence: string;
}

/**
 * An index serves a sort if it is a B-tree over all rows that has the tenant (if there are several) first and then the
 * column, with the column's collation and default comparison. The key may be missing: PostgreSQL then sorts the rows
 * with equal values. Returns the statement that creates one, for each sort that lacks it.
 */
const LACKING = `
  SELECT s.name AS column, format('CREATE INDEX %sON %s (%s);',
      CASE WHEN c.relkind = 'p' THEN '' ELSE 'CONCURRENTLY ' END, c.oid::regclass,
      (SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.position)
       FROM unnest($3::text[] || s.name || array_remove($5::text[], s.name)) WITH ORDINALITY AS n (name, position))) AS statement
  FROM pg_class c CROSS JOIN unnest($4::text[]) WITH ORDINALITY AS s (name, position)
  WHERE c.oid = ${regclass('$2::text', '$1::text')} AND c.relkind IN ('r', 'p', 'm') AND NOT EXISTS (
    SELECT FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    JOIN pg_opclass o ON o.oid = i.indclass[cardinality($3::text[])]
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[cardinality($3::text[])]
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts > cardinality($3::text[]) AND m.amname = 'btree'
      AND a.attname = s.name AND o.opcdefault AND i.indcollation[cardinality($3::text[])] = a.attcollation
      AND (cardinality($3::text[]) = 0 OR EXISTS (SELECT FROM pg_attribute t
        WHERE t.attrelid = c.oid AND t.attnum = i.indkey[0] AND t.attname = ($3::text[])[1])))
  ORDER BY s.position`;

/**
 * The catalog tells whether a table has an index for each sort. For views, and for tables with row-level security, the
 * planner tells whether PostgreSQL can use one.
 * @param client in a transaction; the rest of it has settings for planning only
 */
export async function findSlowSorts(client: PoolClient, dataset: Dataset): Promise<SlowSort[]> {
  const { name, schema = '', table, tenantColumn, key, sorts = [] } = dataset;
  if (sorts.length === 0) return [];
  const catalog = await readCatalog(client, dataset);
  if (catalog === null) return [];
  const values = [table, schema, tenantColumn === undefined ? [] : [tenantColumn], sorts, key];
  const { rows } = await client.query<{ column: string; statement: string }>(LACKING, values);
  const statements = new Map(rows.map(({ column, statement }) => [column, statement]));
  const mayBeUseless = catalog.kind === 'view' || (await hasPolicies(client, dataset));
  const slow: SlowSort[] = [];
  for (const column of sorts) {
    const statement = statements.get(column);
    const why =
      statement === undefined && mayBeUseless
        ? unservedBecause(await explainSort(client, dataset, catalog, column), column, dataset, catalog)
        : lackingBecause(statement, dataset);
    if (why === null) continue;
    const sentence = `Exports of dataset ${name} that are sorted by ${column} will be slow, because ${why}`;
    slow.push({ dataset: name, column, sentence });
  }
  return slow;
}

/** Whether row-level security applies to the table for this user. */
async function hasPolicies(client: PoolClient, { schema = '', table }: Dataset): Promise<boolean> {
  const sql = `SELECT row_security_active(${regclass('$2::text', '$1::text')}) AS active`;
  const { rows } = await client.query<{ active: boolean }>(sql, [table, schema]);
  return rows[0]?.active === true;
}

const DOCS = 'see "Sorted exports" in docs/datasets.md.';

const wantedIndex = ({ tenantColumn }: Dataset): string =>
  tenantColumn === undefined ? 'has this column first' : 'has the tenant first and then this column';

const lackingBecause = (statement: string | undefined, dataset: Dataset): string | null =>
  statement === undefined ? null : `no index ${wantedIndex(dataset)}: run ${statement}`;

function unservedBecause(
  unserved: Unserved,
  column: string,
  dataset: Dataset,
  { kind, columns }: Catalog,
): string | null {
  if (unserved === null) return null;
  if (kind === 'view') {
    return `PostgreSQL can't find a segment's rows by an index: create an index on the view's table that ${wantedIndex(dataset)}. If there is one, ${DOCS}`;
  }
  const compared = unserved === 'tenant' ? (dataset.tenantColumn ?? column) : column;
  const type = columns.get(compared)?.type ?? 'these';
  return `PostgreSQL can't use an index to compare ${type} values behind row-level security: ${DOCS}`;
}
