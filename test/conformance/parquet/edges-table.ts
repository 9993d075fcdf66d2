import { CREATE_TYPES, TYPES } from '../type-values.js';
import { expectedColumn } from './expected.js';

/** A table with values of every type; its last row is null. */
export const EDGE_ROWS = Math.max(...Object.values(TYPES).map(({ values }) => values.length)) + 1;
/** The columns that have a precision. */
export const DECIMAL_EDGES: readonly string[] = ['rounded', 'amount'];
export const EDGE_COLUMNS = Object.entries(TYPES).map(([name, { declared }]) =>
  expectedColumn(name, declared, DECIMAL_EDGES.includes(name)),
);

/** SQL that creates the table of `edges`, whose rows belong to the tenant. */
export function createEdges(tenantId: string): string {
  const columns = Object.entries(TYPES).map(([name, { sqlType }]) => `${name} ${sqlType}`);
  const rows = Array.from({ length: EDGE_ROWS }, (_, row) => {
    const items = Object.values(TYPES).map(({ sqlType, values }) => {
      const [value, type] = [values[row] ?? 'NULL', sqlType.replace(/ COLLATE.*/, '')];
      return `(${value})::${type}`;
    });
    return `(${row}, '${tenantId}', ${items.join(', ')})`;
  });
  return `${CREATE_TYPES};
    CREATE TABLE edges (id int PRIMARY KEY, tenant_id uuid, ${columns.join(', ')});
    INSERT INTO edges VALUES ${rows.join(', ')}`;
}
