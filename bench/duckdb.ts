import { join } from 'node:path';
import pg from 'pg';
import { NORTHWIND } from '../dev/sample-data/tenants.js';
import { pipPackages } from '../dev/pip-packages.js';
import type { Progress } from '../dev/stack/progress.js';
import { StackError } from '../dev/stack/stack-error.js';
import { orders } from '../shared/datasets/orders.js';
import { benchEnvironment } from './bench-stack.js';
import type { Stage } from './shell-line.js';

export const DUCKDB_VERSION = '1.5.5';
const PACKAGES = ['duckdb-cli', 'duckdb-extension-postgres-scanner'].map((name) => `${name}==${DUCKDB_VERSION}`);

export interface DuckDb {
  readonly program: string;
  /** The file of the extension that reads PostgreSQL. */
  readonly postgres: string;
}

/** DuckDB's program and its PostgreSQL extension; undefined, with a line that says why, where pip has none. */
export async function findDuckDb(progress: Progress, signal: AbortSignal): Promise<DuckDb | undefined> {
  try {
    return await progress.step('DuckDB', async (say) => {
      const folder = await pipPackages(`duckdb-cli-${DUCKDB_VERSION}`, PACKAGES, {
        say,
        signal,
        env: benchEnvironment(),
      });
      const extensions = join(folder, 'duckdb_extension_postgres_scanner', 'extensions', `v${DUCKDB_VERSION}`);
      say('');
      return {
        program: join(folder, 'duckdb_cli', 'duckdb'),
        postgres: join(extensions, 'postgres_scanner.duckdb_extension'),
      };
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StackError)) throw error;
    progress.line(`  DuckDB does not compete: ${error.message}`);
    return undefined;
  }
}

/**
 * DuckDB that prints the same rows in the same order, a JSON object a line. It reads the table in parallel and sorts
 * the rows itself, which is faster than when PostgreSQL sorts them and hands them over in one stream. Its numbers are
 * doubles (-5.20 becomes -5.2) and its times have a blank: its bytes are its own.
 */
export function duckDbJson({ program, postgres }: DuckDb, sourceUrl: string): Stage {
  const columns = Object.keys(orders.columns).map(pg.escapeIdentifier).join(', ');
  const tenant = `${pg.escapeIdentifier(orders.tenantColumn)} = ${pg.escapeLiteral(NORTHWIND.id)}`;
  const rows = `SELECT ${columns} FROM source.${pg.escapeIdentifier(orders.table)} WHERE ${tenant} ORDER BY "id"`;
  const statements = [
    "SET TimeZone = 'UTC'",
    `LOAD ${pg.escapeLiteral(postgres)}`,
    `ATTACH ${pg.escapeLiteral(sourceUrl)} AS source (TYPE postgres, READ_ONLY)`,
    `COPY (${rows}) TO '/dev/stdout' (FORMAT json)`,
  ];
  // Without the caller's ~/.duckdbrc.
  return [program, '-no-init', '-bail', '-c', statements.join('; ')];
}
