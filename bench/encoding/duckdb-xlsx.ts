import pg from 'pg';
import { runCommand, tellingLine } from '../../dev/stack/run-command.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { orders } from '../../shared/datasets/orders.js';
import { benchEnvironment } from '../bench-stack.js';
import { attachSource, duckDbStage, type DuckDb } from '../duckdb.js';
import type { Stage } from '../shell-line.js';

const LIMIT_MS = 600_000;

/**
 * Loads the orders into a DuckDB table, in order: reading that costs next to nothing, and every column has its type.
 * Times are in UTC without a zone, because spreadsheets have none.
 * @param database path of the file
 */
export async function loadDuckDb(duckDb: DuckDb, sourceUrl: string, database: string, signal: AbortSignal) {
  const items = Object.entries(orders.columns).map(([name, { type }]) => {
    const quoted = pg.escapeIdentifier(name);
    return type === 'timestamptz' ? `${quoted} AT TIME ZONE 'UTC' AS ${quoted}` : quoted;
  });
  const select = `SELECT ${items.join(', ')} FROM ${pg.escapeIdentifier(orders.table)} ORDER BY id`;
  const statements = [
    ...attachSource(duckDb, sourceUrl),
    `CREATE TABLE orders AS SELECT * FROM postgres_query('source', ${pg.escapeLiteral(select)})`,
  ];
  const [program = '', ...args] = duckDbStage(duckDb, statements, database);
  const { ok, output } = await runCommand(program, args, { timeoutMs: LIMIT_MS, signal, env: benchEnvironment() });
  if (!ok) throw new StackError(`DuckDB can't read the orders: ${tellingLine(output)}`);
}

/** Makes DuckDB write its table as XLSX. The compression level is fixed. */
export const duckDbXlsx = (duckDb: DuckDb, database: string, output: string): Stage =>
  duckDbStage(
    duckDb,
    [
      `LOAD ${pg.escapeLiteral(duckDb.extensions.excel)}`,
      `COPY orders TO ${pg.escapeLiteral(output)} (FORMAT xlsx, HEADER true)`,
    ],
    database,
  );
