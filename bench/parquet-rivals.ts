import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { NORTHWIND } from '../dev/sample-data/tenants.js';
import { pipPackages } from '../dev/pip-packages.js';
import { runCommand, tellingLine } from '../dev/stack/run-command.js';
import { StackError } from '../dev/stack/stack-error.js';
import { orders } from '../shared/datasets/orders.js';
import { benchEnvironment } from './bench-stack.js';
import type { Facts } from './content.js';
import type { Encoder } from './encoding/contestants.js';
import { queryOnce } from './databases.js';
import { attachSource, duckDbStage, ordersInSource, type DuckDb } from './duckdb.js';
import { ifAvailable } from './if-available.js';
import type { Lab } from './lab.js';

/** Programs that write the sample orders as Parquet, and a reader that checks all files. */

const PYARROW = ['pyarrow==26.0.1'];
const READ_LIMIT_MS = 300_000;

const { escapeLiteral } = pg;
const TENANT = `tenant_id = ${escapeLiteral(NORTHWIND.id)}`;

/** DuckDB's names of codecs and versions of the format. */
const DUCKDB_FORMS = [
  { name: 'duckdb', title: 'DuckDB, snappy', settings: 'COMPRESSION snappy' },
  { name: 'duckdb-zstd', title: 'DuckDB, zstd', settings: 'COMPRESSION zstd' },
  { name: 'duckdb-v2', title: 'DuckDB, snappy, V2', settings: 'COMPRESSION snappy, PARQUET_VERSION V2' },
  { name: 'duckdb-v2-zstd', title: 'DuckDB, zstd, V2', settings: 'COMPRESSION zstd, PARQUET_VERSION V2' },
] as const;

/** DuckDB reads the table in parallel, and writes the rows in any order. */
export const duckDbEncoders = (duckDb: DuckDb, sourceUrl: string, rows: number): Encoder[] =>
  DUCKDB_FORMS.map(({ name, title, settings }) => ({
    ...{ name, title, rows },
    encode: (output) =>
      duckDbStage(duckDb, [
        "SET TimeZone = 'UTC'",
        ...attachSource(duckDb, sourceUrl),
        `COPY (${ordersInSource()}) TO ${escapeLiteral(output)} (FORMAT parquet, ${settings})`,
      ]),
  }));

const FROM_CSV = `
import pyarrow as pa, pyarrow.csv as csv, pyarrow.parquet as pq, sys
source, output, *columns = sys.argv[1:]
types = {'bigint': pa.int64(), 'integer': pa.int32(), 'numeric': pa.decimal128(12, 2), 'timestamptz': pa.timestamp('us', 'UTC')}
named = [column.split(':') for column in columns]
rows = csv.open_csv(source, csv.ReadOptions(column_names=[name for name, _ in named], block_size=1 << 24),
  convert_options=csv.ConvertOptions(column_types={name: types.get(kind, pa.string()) for name, kind in named},
    null_values=[''], strings_can_be_null=True, quoted_strings_can_be_null=False))
with pq.ParquetWriter(output, rows.schema, compression='snappy') as writer:
    for batch in rows:
        writer.write_batch(batch)
`;

/**
 * pyarrow, if it is available. It can't read PostgreSQL.
 * @param input a CSV file that psql wrote, which isn't counted
 */
export async function pyarrowEncoder(lab: Lab, input: string, rows: number): Promise<Encoder | undefined> {
  const folder = await ifAvailable('pyarrow', lab, (say) =>
    pipPackages('pyarrow-26.0.1', PYARROW, { say, signal: lab.signal, env: benchEnvironment() }),
  );
  if (folder === undefined) return undefined;
  const columns = Object.entries(orders.columns).map(([name, { type }]) => `${name}:${type}`);
  return {
    ...{ name: 'pyarrow', title: 'pyarrow, from CSV, snappy', rows, env: { PYTHONPATH: folder } },
    encode: (output) => ['python3', '-c', FROM_CSV, input, output, ...columns],
  };
}

/** The facts that DuckDB reads from a Parquet file of the orders. @throws StackError if it can't read it */
export async function readParquet(duckDb: DuckDb, path: string, signal: AbortSignal): Promise<Facts> {
  const found = `${path}.json`;
  const statement = `COPY (SELECT ${FACTS} FROM ${escapeLiteral(path)}) TO ${escapeLiteral(found)} (FORMAT json)`;
  const [command = '', ...args] = duckDbStage(duckDb, [statement]);
  const { ok, output } = await runCommand(command, args, {
    ...{ timeoutMs: READ_LIMIT_MS, signal, env: benchEnvironment() },
  });
  if (!ok) throw new StackError(`DuckDB can't read ${path}: ${tellingLine(output)}`);
  return JSON.parse(await readFile(found, 'utf8')) as Facts;
}

/** The same facts, from the database. */
export async function factsOfOrders(sourceUrl: string): Promise<Facts> {
  const [found] = await queryOnce(sourceUrl, `SELECT ${FACTS} FROM orders WHERE ${TENANT}`);
  return Object.fromEntries(Object.entries(found ?? {}).map(([name, value]) => [name, Number(value)]));
}

/** As numbers that a double holds exactly. */
const FACTS = [
  'count(*) AS rows',
  'sum(id)::bigint AS ids',
  'sum(total * 100)::bigint AS cents',
  'count(note) AS notes',
  'sum(quantity)::bigint AS quantity',
  'max(length(customer_name)) AS longest',
].join(', ');
