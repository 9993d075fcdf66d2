import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { findOnPath } from '../../dev/find-on-path.js';
import { checkDataset, defineDataset } from '../../shared/datasets/index.js';
import { assertSameBytes, exportFile, segmentKinds } from '../export-csv/compare.js';
import { copyOf } from '../export-csv/reference.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { segmentsOf } from '../workflows/support.js';
import { testedByUnzip, unpacked, verified } from './archives.js';

const MIB = 1024 ** 2;

/** Rows of a kilobyte that barely compress. */
const first = defineDataset({
  ...{ name: 'first', title: 'First', table: 'noise', key: ['id'], tenantColumn: 'tenant_id', userColumn: 'user_id' },
  columns: { id: { type: 'integer' }, noise: { type: 'text' } },
});
const nothing = checkDataset({ ...first, name: 'nothing', title: 'Nothing', table: 'no_noise' });
const second = checkDataset({ ...first, name: 'second', title: 'Second' });
const little = checkDataset({ ...first, name: 'little', title: 'Little', table: 'little_noise' });
const third = checkDataset({ ...first, name: 'third', title: 'Third' });
const DATASETS = [first, nothing, second, little, third];

describeDeeply('an account export whose segments are parts', () => {
  let service: TestService;
  let archive: { readonly jobId: string; readonly bytes: Buffer };
  const me: Principal = someUser();

  before(async () => {
    service = await startService({ orders: 100, datasets: DATASETS, tuning: { segmentBytes: 5.5 * MIB } });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE noise AS SELECT i AS id, '${me.tenantId}'::uuid AS tenant_id, '${me.userId}'::uuid AS user_id,
         (SELECT string_agg(md5(i || ' ' || j), '') FROM generate_series(1, 32) AS j) AS noise FROM generate_series(1, 20000) AS i;
       CREATE TABLE no_noise AS TABLE noise WITH NO DATA;
       CREATE TABLE little_noise AS SELECT * FROM noise LIMIT 3;
       ALTER TABLE noise ADD PRIMARY KEY (id); ALTER TABLE no_noise ADD PRIMARY KEY (id); ALTER TABLE little_noise ADD PRIMARY KEY (id)`,
    );
    archive = await exportFile(service, me, { type: 'account', format: 'ndjson' });
  });
  after(() => closeCleanly(service));

  it('joins the bytes between its files with held segments, and runs no segment twice', async () => {
    const kinds = await segmentKinds(service, archive.jobId);
    assert.ok(kinds.filter((kind) => kind === 'parts').length >= 4, String(kinds));
    assert.ok(kinds.filter((kind) => kind === 'held').length >= 4, String(kinds));
    assert.ok((await segmentsOf(service, archive.jobId)).every(({ attempt }) => attempt === 1));
  });

  it('contains in each file what PostgreSQL writes, byte for byte', async () => {
    const files = await unpacked(archive.bytes);
    for (const { name, table } of DATASETS) {
      const file = files.get(`${name}.ndjson`);
      assert.ok(file !== undefined, name);
      const select = `SELECT row_to_json(item) FROM (SELECT id, noise FROM ${table} ORDER BY id) AS item`;
      const settings = `FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'`;
      assertSameBytes(file, await copyOf({ databaseUrl: service.databaseUrl, select, settings }), name);
    }
    await verified(archive.bytes);
  });

  it('passes unzip -t', async function () {
    if ((await findOnPath('unzip')) === undefined) this.skip();
    assert.match(await testedByUnzip(archive.bytes), /No errors detected/);
  });
});
