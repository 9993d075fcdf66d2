import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { z } from 'zod';
import { CONTOSO } from '../../dev/sample-data/tenants.js';
import type { Stack } from '../../dev/stack/stack.js';
import { loadDatasets } from '../../shared/datasets/load.js';
import { queryRows } from '../support/database.js';
import { download, postExport, untilEnded } from '../support/exports.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack, stackBeside } from '../support/stack.js';
import { openDuckDb, type PythonDuckDb } from './duckdb.js';

const fileHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const MODULE = 'docs/examples/tpch.mjs';
const EXAMPLES = fileHere('../../docs/examples/');
/** Long runs use the scale that docs/datasets.md shows. */
const SCALE = LONG ? 0.1 : 0.03;
const ROWS = LONG ? { orders: 150_000, lineitem: 600_572 } : { orders: 45_000, lineitem: 180_566 };
type Table = keyof typeof ROWS;
const TABLES: readonly Table[] = ['orders', 'lineitem'];

const comparisonSchema = z.object({
  header: z.array(z.string()),
  columns: z.array(z.string()),
  types: z.array(z.string()),
  rows: z.number(),
  exported: z.number(),
  missing: z.number(),
  different: z.number(),
  out_of_order: z.number(),
});

/** Fills the tables of docs/examples from DuckDB's files, and adds rows of another tenant with the same keys. */
async function loadTables(databaseUrl: string, folder: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(await readFile(join(EXAMPLES, 'tpch.sql'), 'utf8'));
    for (const table of TABLES) {
      const file = join(folder, `${table}.csv`);
      const [header = ''] = (await readFile(file, 'utf8')).split('\n', 1);
      const copy = client.query(copyFrom(`COPY tpch.${table} (${header}) FROM STDIN (FORMAT csv, HEADER)`));
      await pipeline(createReadStream(file), copy);
      const decoys = header.replace(/\w+_comment/, `'not yours'`);
      await client.query(
        `INSERT INTO tpch.${table} (tenant_id, ${header}) SELECT '${CONTOSO.id}', ${decoys} FROM tpch.${table} LIMIT 5000`,
      );
      await client.query(`ANALYZE tpch.${table}`);
    }
  } finally {
    await client.end();
  }
}

describeDeeply('TPC-H, loaded as custom tables by DATASETS_MODULE,', function () {
  this.timeout(240_000);
  let folder: string;
  let duckDb: PythonDuckDb;
  let service: TestService;
  let programs: Stack;

  before(async () => {
    folder = join(stack().dataDir, `tpch-${randomUUID()}`);
    await mkdir(folder);
    const datasets = [...(await loadDatasets(MODULE)).values()];
    const env = { DATASETS_MODULE: MODULE };
    const made = openDuckDb().then(async (opened) => {
      await opened.run(join(EXAMPLES, 'make_tpch.py'), [folder, String(SCALE)]);
      return opened;
    });
    const started = startService({ orders: 100, datasets, env, tuning: { segmentBytes: 6 * 1024 * 1024 } });
    [duckDb, service] = await Promise.all([made, started]);
    programs = await stackBeside();
    await loadTables(service.databaseUrl, folder);
    await programs.launch({ name: 'worker-tpch', args: ['worker/main.ts'], env: service.env });
  });
  after(async () => {
    await programs.stop();
    await service.close();
  });

  // The table with a two-column key; long runs also test the other.
  for (const table of TABLES.filter((name) => LONG || name === 'lineitem')) {
    it(`${table} at scale ${SCALE} equals DuckDB's own rows, value for value`, async () => {
      const me = someUser();
      const jobId = await postExport(service, me, { type: table, options: { escape_formulas: false } });
      const job = await untilEnded(service, me, jobId, 'COMPLETED', 90_000);
      assert.equal(job.row_count, ROWS[table]);
      const [planned] = await queryRows<{ segments: number }>(
        service.databaseUrl,
        'SELECT count(*)::integer AS segments FROM export_segments WHERE job_id = $1 AND rows > 0',
        [jobId],
      );
      assert.ok((planned?.segments ?? 0) >= 3, `${planned?.segments ?? 0} segments`);

      const file = join(folder, `exported-${table}.csv`);
      await writeFile(file, await download(service, me, jobId));
      const key = { orders: 'o_orderkey', lineitem: 'l_orderkey,l_linenumber' }[table];
      const printed = await duckDb.run(fileHere('compare.py'), [join(folder, 'tpch.duckdb'), table, key, file]);
      const { header, columns, types, ...counts } = comparisonSchema.parse(JSON.parse(printed));
      assert.deepEqual(header, columns);
      for (const type of ['BIGINT', 'DATE', 'DECIMAL(15,2)', 'VARCHAR']) assert.ok(types.includes(type));
      assert.deepEqual(counts, {
        rows: ROWS[table],
        exported: ROWS[table],
        missing: 0,
        different: 0,
        out_of_order: 0,
      });
    });
  }
});
