import type { CatalogColumn } from '../datasets/catalog.js';
import type { PoolClient } from '../postgres.js';
import { findRelations, hasHeirs, readColumns, type TableName } from './read-catalog.js';

export interface TableColumn extends CatalogColumn {
  /** Materialized views can't declare NOT NULL, so any of their columns may be part of a key. */
  readonly isNotNull: boolean;
  /** The column has a foreign key. */
  readonly isReference: boolean;
  /** The user may read it. */
  readonly isReadable: boolean;
}

/** An index on whole columns that covers all rows. */
export interface TableIndex {
  readonly columns: readonly string[];
  /** No two rows have the same values, including rows of inheriting tables. */
  readonly isUnique: boolean;
  readonly isPrimary: boolean;
  /** Whether it is in the order of its columns: a B-tree that compares values as the columns do. */
  readonly isOrdered: boolean;
}

/** Facts about a table or view that a dataset definition is generated from. */
export interface TableFacts {
  /** As requested; without one, the search path decides. */
  readonly schema?: string;
  readonly table: string;
  readonly isView: boolean;
  readonly columns: readonly TableColumn[];
  readonly indexes: readonly TableIndex[];
}

const DETAILS = `
  SELECT a.attname::text AS name, a.attnotnull AS "isNotNull",
    EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = a.attrelid AND f.contype = 'f' AND a.attnum = ANY (f.conkey))
      AS "isReference",
    has_column_privilege(a.attrelid, a.attnum, 'SELECT') AS "isReadable"
  FROM pg_attribute a WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped`;

const INDEXES = `
  SELECT i.indisunique AND NOT ${hasHeirs('c')} AS "isUnique", i.indisprimary AS "isPrimary",
    (SELECT m.amname = 'btree' AND bool_and(o.opcdefault AND p.coll = a.attcollation)
     FROM unnest(i.indkey::int2[], i.indcollation::oid[], i.indclass::oid[]) WITH ORDINALITY AS p (attnum, coll, opclass, position)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.attnum JOIN pg_opclass o ON o.oid = p.opclass
     JOIN pg_am m ON m.oid = o.opcmethod WHERE p.position <= i.indnkeyatts GROUP BY m.amname) AS "isOrdered",
    (SELECT array_agg(a.attname::text ORDER BY p.position) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, position)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.attnum WHERE p.position <= i.indnkeyatts) AS columns
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE i.indrelid = $1::oid AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
  ORDER BY i.indexrelid`;

/**
 * The first of these that is a table or view; null if none is.
 * @param names possible meanings of a name
 */
export async function readTable(
  client: Pick<PoolClient, 'query'>,
  names: readonly TableName[],
): Promise<TableFacts | null> {
  const [found] = await findRelations(client, names);
  if (found === undefined) return null;
  const { oid, kind, schema, table } = found;
  const described = await readColumns(client, oid);
  type Details = Pick<TableColumn, 'name' | 'isNotNull' | 'isReference' | 'isReadable'>;
  const details = new Map((await client.query<Details>(DETAILS, [oid])).rows.map((row) => [row.name, row]));
  const columns = described.map((column) => {
    const { isNotNull = false, isReference = false, isReadable = false } = details.get(column.name) ?? {};
    return { ...column, isNotNull: isNotNull || kind === 'm', isReference, isReadable };
  });
  const indexes = (await client.query<TableIndex>(INDEXES, [oid])).rows;
  return { ...(schema === '' ? {} : { schema }), table, isView: kind === 'v' || kind === 'f', columns, indexes };
}
