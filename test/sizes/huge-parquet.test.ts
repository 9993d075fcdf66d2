import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { defineDataset } from '../../shared/datasets/define-dataset.js';
import { savedFile } from '../conformance/contents.js';
import { parquetPython } from '../conformance/parquet/readers.js';
import { queryRows } from '../support/database.js';
import { LONG } from '../support/depth.js';
import { postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { orFail } from '../support/python.js';
import { FAST, startService, someUser, type TestService } from '../support/service.js';

const SCRIPT = fileURLToPath(new URL('huge.py', import.meta.url));
const LIMIT_MS = 900_000;
/** Of 100 kB each. */
const ROWS = 45_000;
const FOUR_GIB = 2 ** 32;

const huge = defineDataset({
  name: 'huge',
  title: 'Huge',
  table: 'huge',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'integer' }, payload: { type: 'text' } },
});

const found = z.object({
  offset: z.number(),
  rows: z.number(),
  first: z.tuple([z.number(), z.number(), z.boolean()]),
  last: z.tuple([z.number(), z.number(), z.boolean()]),
  counted: z.tuple([z.number(), z.number()]),
  tail: z.tuple([z.number(), z.boolean()]),
});

if (LONG)
  describe('a Parquet file of more than 4 GiB', function () {
    this.timeout(LIMIT_MS * 2);
    let service: TestService;
    const me = someUser();

    before(async () => {
      await parquetPython();
      const slow = { startToCloseMs: LIMIT_MS, heartbeatMs: 10_000 };
      const { plan, segment, finish } = FAST;
      const tuning = { plan: { ...plan, ...slow }, segment: { ...segment, ...slow }, finish: { ...finish, ...slow } };
      service = await startService({ orders: 100, datasets: [huge], tuning });
      await service.startWorker();
      await queryRows(
        service.databaseUrl,
        `CREATE TABLE huge_ids (id int PRIMARY KEY, tenant_id uuid NOT NULL);
         INSERT INTO huge_ids SELECT i, '${me.tenantId}' FROM generate_series(1, ${ROWS}) AS i;
         CREATE VIEW huge AS SELECT id, tenant_id, id || ' ' || repeat(md5(id::text), 3125) AS payload FROM huge_ids`,
      );
    });
    after(() => closeCleanly(service));

    it('opens in pyarrow and DuckDB, which read its first and its last rows', async () => {
      const jobId = await postExport(service, me, {
        type: 'huge',
        format: 'parquet',
        options: { compression: 'none' },
      });
      await untilEnded(service, me, jobId, 'COMPLETED', LIMIT_MS);
      const file = await savedFile(Buffer.alloc(0), 'parquet');
      try {
        await save(jobId, file);
        assert.ok((await stat(file)).size > FOUR_GIB);
        const python = await parquetPython();
        const seen = found.parse(JSON.parse(orFail('reading', await python.run([SCRIPT, file], LIMIT_MS))));
        assert.ok(seen.offset > FOUR_GIB);
        assert.equal(seen.rows, ROWS);
        assert.deepEqual([seen.first[0], seen.first[2]], [1, true]);
        assert.deepEqual([seen.last[1], seen.last[2]], [ROWS, true]);
        assert.deepEqual(seen.counted, [ROWS, (ROWS * (ROWS + 1)) / 2]);
        assert.deepEqual(seen.tail, [100, true]);
      } finally {
        await rm(file);
      }
    });

    async function save(jobId: string, file: string): Promise<void> {
      const { headers } = await service.ask('GET', `/v1/exports/${jobId}/download`, { as: me });
      const { body } = await fetch(headers.get('location') ?? '');
      assert.ok(body !== null);
      await pipeline(body, createWriteStream(file));
    }
  });
