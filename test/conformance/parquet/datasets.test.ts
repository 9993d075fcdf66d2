import assert from 'node:assert/strict';
import { BUILT_IN_DATASETS, defineDataset, type Dataset } from '../../../shared/datasets/index.js';
import { exportFile } from '../../export-csv/compare.js';
import { COMPUTED_BY_SQL, MASKED_BY_SQL } from '../../support/computed-by-sql.js';
import { queryRows } from '../../support/database.js';
import { untilEnded } from '../../support/exports.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { manifestOf, unpacked, verified } from '../archives.js';
import { savedFile } from '../contents.js';
import { assertRows, expectedColumn, expectedRows, type ExpectedColumn } from './expected.js';
import { parquetPython } from './readers.js';

/** Letters and visits of the user; nobody has a parcel. */
const common = { key: ['id'], tenantColumn: 'tenant_id', userColumn: 'owner' };
const letters = defineDataset({
  ...{ ...common, name: 'letters', title: 'Letters', table: 'letters' },
  columns: { id: { type: 'integer' }, body: { type: 'text' }, at: { type: 'timestamptz' } },
});
const parcels = defineDataset({
  ...{ ...common, name: 'parcels', title: 'Parcels', table: 'parcels' },
  columns: { id: { type: 'integer' }, weight: { type: 'numeric' } },
});

function columnsOf({ name, columns }: Dataset): ExpectedColumn[] {
  const masked = MASKED_BY_SQL[name] ?? {};
  const plain = Object.entries(columns).map(([column, { type }]) => {
    const sql = masked[column];
    if (sql !== undefined) return { name: column, sql, isDecimal: false };
    return expectedColumn(column, type, type === 'numeric');
  });
  const computed = Object.entries(COMPUTED_BY_SQL[name] ?? {}).map(([column, sql]) => ({
    ...{ name: column, sql, isDecimal: false },
  }));
  return [...plain, ...computed];
}

describe('Parquet has the rows of', function () {
  let service: TestService;
  const me = someUser();

  before(async function () {
    this.timeout(240_000);
    await parquetPython();
    service = await startService({
      ...{ orders: 300, tuning: { maxSegmentRows: 40 } },
      datasets: [...BUILT_IN_DATASETS, letters, parcels],
    });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE letters AS SELECT i AS id, '${me.tenantId}'::uuid AS tenant_id, '${me.userId}'::uuid AS owner,
         repeat('word ', i % 7) || '🙂' AS body, timestamptz '2026-01-01' + i * interval '1 hour' AS at
         FROM generate_series(1, 190) AS i;
       CREATE TABLE parcels (id int PRIMARY KEY, tenant_id uuid, owner uuid, weight numeric(8, 3));
       ALTER TABLE letters ADD PRIMARY KEY (id)`,
    );
  });
  after(() => closeCleanly(service));

  for (const dataset of BUILT_IN_DATASETS) {
    it(`${dataset.name}, with masked and computed columns, in every reader`, async () => {
      const user = { ...someUser(), tenantId: me.tenantId };
      // Sees every column.
      await queryRows(service.databaseUrl, 'INSERT INTO accountants VALUES ($1, $2)', [user.tenantId, user.userId]);
      const columns = columnsOf(dataset);
      const names = columns.map(({ name }) => name);
      const { bytes, rows, jobId } = await exportFile(service, user, {
        ...{ type: dataset.name, format: 'parquet', columns: names },
      });
      const wanted = await expectedRows(service.databaseUrl, dataset, columns, `tenant_id = '${me.tenantId}'`);
      assert.equal(rows, wanted.length);
      await assertRows(await savedFile(bytes, 'parquet'), columns, wanted);
      const { file_name: name } = await untilEnded(service, user, jobId);
      assert.match(String(name), /\.parquet$/);
    });
  }

  it('an account, with a file for each dataset, as its manifest says', async () => {
    const options = { timezone: 'Asia/Tokyo' };
    const { bytes, rows } = await exportFile(service, me, { type: 'account', format: 'parquet', options });
    const files = await unpacked(bytes);
    assert.deepEqual(
      manifestOf(files).files.flatMap((file) => (file.rows > 0 ? [[file.name, file.rows]] : [])),
      [['letters.parquet', 190]],
    );
    assert.equal(rows, 190);
    for (const dataset of [letters, parcels]) {
      const columns = columnsOf(dataset);
      const file = await savedFile(files.get(`${dataset.name}.parquet`) ?? assert.fail(), 'parquet');
      await assertRows(file, columns, await expectedRows(service.databaseUrl, dataset, columns));
    }
    await verified(bytes);
    assert.match(String(files.get('README.txt')), /parquet file is a table/);
    // In UTC, regardless of the request's timezone.
    assert.match(String(files.get('README.txt')), /Times are in the timezone UTC, unless they show another offset\./);
    assert.deepEqual(
      manifestOf(files)
        .files.filter(({ dataset }) => dataset === 'letters' || dataset === 'parcels')
        .flatMap(({ schema }) => schema.map(({ name, file_type: type }) => [name, type])),
      [
        ['id', 'INT32'],
        ['body', 'STRING'],
        ['at', 'TIMESTAMP(MICROS, UTC)'],
        ['id', 'INT32'],
        ['weight', 'DECIMAL(8, 3)'],
      ],
    );
  });
});
