import assert from 'node:assert/strict';
import { defineDataset } from '../../../shared/datasets/index.js';
import { exportFile } from '../../export-csv/compare.js';
import { queryRows } from '../../support/database.js';
import { DEEP } from '../../support/depth.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { orSkip } from '../../support/or-skip.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { savedFile } from '../contents.js';
import { expectedFile, type ExpectedFile } from './expected.js';
import { READERS, type XlsxReader } from './readers.js';
import type { Cell } from './workbook.js';

const times = defineDataset({
  name: 'times',
  title: 'Times',
  table: 'times',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'integer' }, at: { type: 'timestamp' }, clock: { type: 'time' } },
});
const WHOLE = 3000;
const FRACTIONS = 500;

describe(`${WHOLE} whole seconds and ${FRACTIONS} times with microseconds in a workbook`, function () {
  this.timeout(180_000);
  let service: TestService;
  let path: string;
  let expected: ExpectedFile;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 100, datasets: [times] });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE times (id int PRIMARY KEY, tenant_id uuid, at timestamp, clock time);
       SELECT setseed(0.17);
       INSERT INTO times SELECT n, '${me.tenantId}', at, at::time FROM generate_series(1, ${WHOLE}) AS n,
         LATERAL (SELECT timestamp '1900-03-01' + floor(random() * 86400) * interval '1 second' + floor(random() * 200000) * interval '1 day' + n * interval '0 day' AS at) AS t;
       INSERT INTO times SELECT ${WHOLE} + n, '${me.tenantId}', at, at::time FROM generate_series(1, ${FRACTIONS}) AS n,
         LATERAL (SELECT timestamp '1900-03-01' + floor(random() * 86400e6) * interval '1 microsecond' + floor(random() * 100000) * interval '1 day' + n * interval '0 day' AS at) AS t;
       UPDATE times SET at = '2026-03-01 23:59:59.5', clock = '23:59:59.5' WHERE id = ${WHOLE + 1};
       UPDATE times SET at = '9999-12-31 23:59:59.999999' WHERE id = ${WHOLE + 2}`,
    );
    const { bytes } = await exportFile(service, me, { type: 'times', format: 'xlsx' });
    path = await savedFile(bytes, 'xlsx');
    expected = await expectedFile(service.databaseUrl, times, WHOLE + FRACTIONS);
  });
  after(() => closeCleanly(service));

  /** LibreOffice passes on only one or two digits of a fraction. */
  function same({ name }: XlsxReader, wanted: Cell, shown: Cell): boolean {
    if (wanted?.kind !== shown?.kind) return false;
    if (wanted?.value === shown?.value) return true;
    if (name !== 'LibreOffice' || wanted === null || shown === null) return false;
    const [left, right] = [wanted, shown].map(({ value }) => Number(String(value).slice(-6)));
    const isClose = Math.abs((left ?? NaN) - (right ?? NaN)) < 0.051;
    return (
      isClose &&
      !String(wanted.value).endsWith('.000') &&
      String(wanted.value).slice(0, -6) === String(shown.value).slice(0, -6)
    );
  }

  const names: readonly string[] = DEEP ? ['LibreOffice', 'openpyxl', 'python-calamine'] : ['openpyxl'];
  for (const reader of READERS.filter(({ name }) => names.includes(name))) {
    it(`read back equal through ${reader.name}`, async function () {
      await orSkip(this, () => reader.prepare());
      const wanted = expected.workbook.sheets[0]?.rows ?? [];
      const shown = (await reader.read(path)).sheets[0]?.rows ?? [];
      assert.equal(shown.length, WHOLE + FRACTIONS + 1);
      const wrong = wanted.flatMap((cells, row) =>
        cells.flatMap((cell, column) => {
          const other = shown[row]?.[column] ?? null;
          return same(reader, cell, other) ? [] : [{ row, wanted: cell, shown: other }];
        }),
      );
      assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} cells`);
    });
  }
});
