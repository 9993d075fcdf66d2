import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { BUILT_IN_DATASETS } from '../../shared/datasets/index.js';
import { exportFile, segmentKinds } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { TEXT_FORMATS } from '../support/formats.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, type TestService } from '../support/service.js';
import { itTogether } from '../support/together.js';
import { expectedContents, readByPython } from './contents.js';

/** Rows per segment. */
const SEGMENT = 12;

const tenant = (rows: number, segments: number) => ({ rows, segments, id: randomUUID() });
/** The tenants in every dataset; the first one has the awkward rows. */
const LARGE = tenant(2 * SEGMENT + 5, 3);
const SMALL = [tenant(0, 1), tenant(1, 1), tenant(SEGMENT, 1), tenant(SEGMENT + 1, 2)];

/**
 * Each combination is tested with the large tenant and one small one in rotation, so that every dataset, format and
 * compression meets all of them; formats.test.ts has all sizes of one table.
 */
const smallOnes = (turn: number): typeof SMALL =>
  LONG ? SMALL : SMALL.filter((_, index) => index === (turn + Math.floor(turn / 2)) % SMALL.length);

describeDeeply('a built-in dataset, read by Python’s standard library, has the rows of its table:', () => {
  let service: TestService;

  before(async () => {
    service = await startService({ tuning: { maxSegmentRows: SEGMENT } });
    await service.startWorker();
    for (const { table } of BUILT_IN_DATASETS) {
      let taken = 0;
      for (const { id, rows } of [LARGE, ...SMALL]) {
        const some = `SELECT id FROM ${table} ORDER BY id OFFSET ${taken} LIMIT ${rows}`;
        await queryRows(service.databaseUrl, `UPDATE ${table} SET tenant_id = $1 WHERE id IN (${some})`, [id]);
        taken += rows;
      }
    }
  });
  after(() => closeCleanly(service));

  let turn = 0;
  const files = BUILT_IN_DATASETS.flatMap((dataset) =>
    TEXT_FORMATS.flatMap((format) => {
      const compressions = LONG
        ? ['none', 'gzip']
        : [(turn + Math.floor(turn / TEXT_FORMATS.length)) % 2 === 0 ? 'none' : 'gzip'];
      return compressions.map((compression) => {
        const tenants = [LARGE, ...smallOnes(turn++)];
        return { dataset, format, compression, tenants };
      });
    }),
  );
  itTogether(files, {
    title: ({ dataset, format, compression, tenants }) =>
      `${dataset.name}, ${format}, compression ${compression}, ${tenants.map(({ rows }) => rows).join(' and ')} rows`,
    work: async ({ dataset, format, compression, tenants }) => {
      const options = format.endsWith('SV') ? { compression, escape_formulas: false } : { compression };
      const exports = tenants.map(async ({ id, rows, segments }) => {
        const user = { tenantId: id, userId: randomUUID() };
        // Sees every column.
        await queryRows(service.databaseUrl, 'INSERT INTO accountants VALUES ($1, $2)', [id, user.userId]);
        const file = await exportFile(service, user, { type: dataset.name, format, options });
        assert.equal(file.rows, rows);
        assert.equal((await segmentKinds(service, file.jobId)).length, segments);
        const wanted = await expectedContents(service.databaseUrl, dataset, format, `tenant_id = '${id}'`);
        assert.equal(wanted.length, rows);
        assert.deepEqual(await readByPython(format, compression, file.bytes), wanted);
      });
      await Promise.all(exports);
    },
  });
});
