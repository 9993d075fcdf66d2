import { join } from 'node:path';
import pg from 'pg';
import { NORTHWIND } from '../dev/sample-data/tenants.js';
import { pipPackages } from '../dev/pip-packages.js';
import type { Progress } from '../dev/stack/progress.js';
import { orders } from '../shared/datasets/orders.js';
import { benchEnvironment } from './bench-stack.js';
import { ifAvailable } from './if-available.js';
import type { Stage } from './shell-line.js';

export const DUCKDB_VERSION = '1.5.5';

export interface DuckDb {
  readonly program: string;
  /** Files of its extensions, by name. */
  readonly extensions: Readonly<Record<DuckDbExtension, string>>;
}

/** Extensions for reading PostgreSQL and for writing XLSX. */
const EXTENSIONS = ['postgres_scanner', 'excel'] as const;
type DuckDbExtension = (typeof EXTENSIONS)[number];

/** Finds DuckDB's program and its extensions; undefined, with a line that says why, if pip has none. */
export async function findDuckDb(progress: Progress, signal: AbortSignal): Promise<DuckDb | undefined> {
  return ifAvailable('DuckDB', { progress, signal }, async (say) => {
    const packages = ['duckdb-cli', ...EXTENSIONS.map((name) => `duckdb-extension-${name.replace('_', '-')}`)];
    const pinned = packages.map((name) => `${name}==${DUCKDB_VERSION}`);
    const folder = await pipPackages(`duckdb-${DUCKDB_VERSION}-${EXTENSIONS.join('-')}`, pinned, {
      ...{ say, signal, env: benchEnvironment() },
    });
    const fileOf = (name: DuckDbExtension): string =>
      join(folder, `duckdb_extension_${name}`, 'extensions', `v${DUCKDB_VERSION}`, `${name}.duckdb_extension`);
    return {
      program: join(folder, 'duckdb_cli', 'duckdb'),
      extensions: { postgres_scanner: fileOf('postgres_scanner'), excel: fileOf('excel') },
    };
  });
}

/**
 * Runs statements in DuckDB, without the caller's ~/.duckdbrc.
 * @param database a file; default: in memory
 */
export const duckDbStage = ({ program }: DuckDb, statements: readonly string[], database?: string): Stage => [
  ...[program, '-no-init', '-bail'],
  ...(database === undefined ? [] : [database]),
  ...['-c', statements.join('; ')],
];

/** Statements that attach a PostgreSQL database as `source`. */
export const attachSource = ({ extensions }: DuckDb, sourceUrl: string): readonly string[] => [
  `LOAD ${pg.escapeLiteral(extensions.postgres_scanner)}`,
  `ATTACH ${pg.escapeLiteral(sourceUrl)} AS source (TYPE postgres, READ_ONLY)`,
];

/** A SELECT of all columns of the tenant's orders in the attached database, in any order. */
export function ordersInSource(): string {
  const columns = Object.keys(orders.columns).map(pg.escapeIdentifier).join(', ');
  const tenant = `tenant_id = ${pg.escapeLiteral(NORTHWIND.id)}`;
  return `SELECT ${columns} FROM source.${pg.escapeIdentifier(orders.table)} WHERE ${tenant}`;
}

/**
 * DuckDB that prints the same rows in the same order, one JSON object per line. It reads the table in parallel and
 * sorts the rows itself, which is faster than having PostgreSQL sort them and send them in one stream. Its bytes
 * differ: numbers are doubles (-5.20 becomes -5.2) and timestamps contain a space.
 */
export function duckDbJson(duckDb: DuckDb, sourceUrl: string): Stage {
  return duckDbStage(duckDb, [
    "SET TimeZone = 'UTC'",
    ...attachSource(duckDb, sourceUrl),
    `COPY (${ordersInSource()} ORDER BY "id") TO '/dev/stdout' (FORMAT json)`,
  ]);
}
