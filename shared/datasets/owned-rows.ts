import pg from 'pg';
import { columnTypeOf, type CatalogColumn } from './catalog.js';
import type { Dataset } from './define-dataset.js';

/**
 * The conditions that limit a query to its owner's rows. An id is compared as a literal of the column's own type, so
 * that an index serves it, and only if it is written as PostgreSQL writes values of that type: `+17`, `17.0` and `1e3`
 * don't count as whole numbers. Any other id has no rows.
 */

const { escapeIdentifier, escapeLiteral } = pg;

/** The owner of the rows that are read. */
export interface Owner {
  readonly tenantId: string;
  /** Limits the rows to this user; the dataset has a user column. */
  readonly userId?: string;
}

type OwnerColumn = Pick<CatalogColumn, 'name' | 'base' | 'labels' | 'isExact'>;

const WHOLE = /^(?:0|-?[1-9]\d*)$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const BITS: Readonly<Record<string, number>> = { smallint: 16, integer: 32, bigint: 64 };
const NOTHING = 'false';

function isWhole(id: string, bits: number): boolean {
  return WHOLE.test(id) && BigInt.asIntN(bits, BigInt(id)) === BigInt(id);
}

/**
 * The column's values with exactly this text. Compares as the column's type first, for the index: citext, nondeterministic
 * collations and char(n) treat more texts as equal.
 */
function isText(quoted: string, id: string, { isExact }: OwnerColumn): string {
  const same = `${quoted}::text COLLATE "C" = ${escapeLiteral(id)}`;
  return isExact ? `${quoted} = ${escapeLiteral(id)}` : `${quoted} = ${escapeLiteral(id)} AND ${same}`;
}

function holds(column: OwnerColumn, id: string): string {
  const quoted = escapeIdentifier(column.name);
  const equals = (isValue: boolean): string => (isValue ? `${quoted} = ${escapeLiteral(id)}` : NOTHING);
  if (column.labels !== null) return equals(column.labels.includes(id));
  const type = columnTypeOf(column);
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return equals(isWhole(id, BITS[type] ?? 0));
    case 'numeric':
      return equals(WHOLE.test(id));
    case 'uuid':
      return equals(UUID.test(id));
    case 'text':
    case 'char':
      return isText(quoted, id, column);
    default:
      return `${quoted}::text COLLATE "C" = ${escapeLiteral(id)}`;
  }
}

/** An id that rows can have, for the plan of a query: with any other id, the query has no rows and a trivial plan. */
export function possibleId(column: Pick<OwnerColumn, 'base' | 'labels'>): string {
  if (column.labels !== null) return column.labels[0] ?? '';
  const type = columnTypeOf(column);
  if (type === 'uuid') return '00000000-0000-0000-0000-000000000000';
  // A number, and as good as any other text.
  return '0';
}

/** PostgreSQL then rejects the query, as for any other column that the table doesn't have. */
const unknown = (name: string): OwnerColumn => ({ name, base: null, labels: null, isExact: false });

/** @param columns of the dataset's table */
export function ownedBy(
  dataset: Dataset,
  { tenantId, userId }: Owner,
  columns: ReadonlyMap<string, OwnerColumn>,
): string[] {
  const { name, tenantColumn, userColumn } = dataset;
  const condition = (column: string, id: string): string => holds(columns.get(column) ?? unknown(column), id);
  const ofTenant = tenantColumn === undefined ? [] : [condition(tenantColumn, tenantId)];
  if (userId === undefined) return ofTenant;
  if (userColumn === undefined) throw new RangeError(`${name} has no user column`);
  return [...ofTenant, condition(userColumn, userId)];
}
