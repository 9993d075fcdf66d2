import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { defineDataset } from '../../../shared/datasets/index.js';
import { exportFile } from '../../export-csv/compare.js';
import { queryRows } from '../../support/database.js';
import { deeply } from '../../support/depth.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { needProgram, orSkip } from '../../support/or-skip.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { savedFile } from '../contents.js';
import { convertedByLibreOffice } from '../libreoffice.js';
import { spreadsheetPython } from './readers.js';
import { outputOf } from './run-program.js';

const SCRIPT = fileURLToPath(new URL('read_moments.py', import.meta.url));
const TIMES = 500;
const moments = defineDataset({
  ...{ name: 'moments', title: 'Moments', table: 'moments', key: ['id'], tenantColumn: 'tenant_id' },
  columns: { id: { type: 'integer' }, at: { type: 'timestamp' }, last: { type: 'integer' } },
});
/** Times are doubles, in days. Until this day (2079-06-05), they are at most 0.6 µs apart, then 1.3 µs until 2258. */
const EXACT_DAYS = 65_536;
const DAY = 86_400_000_000;

/** A reader's allowed error, in µs. */
const exact = (): number => 0;
const asDouble = (at: number): number => (at < EXACT_DAYS * DAY ? 0 : 1);
const toMillisecond = (at: number): number => 500 + asDouble(at);

describe(`${TIMES} random times with microseconds in a workbook`, function () {
  this.timeout(180_000);
  let service: TestService;
  let path: string;
  let expected: number[];
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 100, datasets: [moments] });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE moments (id int PRIMARY KEY, tenant_id uuid, at timestamp, last int);
       SELECT setseed(0.71);
       INSERT INTO moments SELECT n, '${me.tenantId}', timestamp '1900-03-01' + floor(random() * 86400e6) * interval '1 us'
         + floor(random() * 100000) * interval '1 day' + n * interval '0 day', 1 FROM generate_series(1, ${TIMES}) AS n`,
    );
    const { bytes } = await exportFile(service, me, { type: 'moments', format: 'xlsx' });
    path = await savedFile(bytes, 'xlsx');
    const rows = await queryRows<{ micros: string }>(
      service.databaseUrl,
      `SELECT (extract(epoch FROM at - timestamp '1899-12-30') * 1000000)::bigint::text AS micros FROM moments ORDER BY id`,
    );
    expected = rows.map(({ micros }) => Number(micros));
  });
  after(() => closeCleanly(service));

  async function read(reader: string, file: string): Promise<(number | null)[]> {
    const env = await spreadsheetPython();
    const printed = await outputOf('python3', [SCRIPT, reader, file], { env });
    // Without the header row.
    return z.array(z.number().nullable()).parse(JSON.parse(printed)).slice(1);
  }
  function assertWithin(shown: readonly (number | null)[], mayBeOff: (at: number) => number): void {
    assert.equal(shown.length, TIMES);
    const wrong = expected.flatMap((at, index) => {
      const off = (shown[index] ?? NaN) - at;
      return Math.abs(off) <= mayBeOff(at) ? [] : [{ at, off }];
    });
    assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} times`);
  }

  const readers = [
    ['written', 'are written to the microsecond', exact],
    [
      'double',
      'are the nearest float64, which is exact until 2079 and off by at most a microsecond until 2173',
      asDouble,
    ],
    ['openpyxl', 'are rounded to milliseconds by openpyxl', toMillisecond],
    ['python-calamine', 'are rounded to milliseconds by calamine', toMillisecond],
  ] as const;
  for (const [reader, what, mayBeOff] of readers) {
    it(what, async function () {
      await orSkip(this, spreadsheetPython);
      assertWithin(await read(reader, path), mayBeOff);
    });
  }

  deeply('are the same float64 in LibreOffice', async function () {
    await orSkip(this, () => needProgram('soffice'));
    const { stdout } = await promisify(execFile)('python3', [SCRIPT, 'plain', path], {
      encoding: 'buffer',
      maxBuffer: 2 ** 26,
    });
    const plain = `${path}.plain.xlsx`;
    await writeFile(plain, stdout);
    const shown = await convertedByLibreOffice([plain], 'xls', ([converted = '']) => read('LibreOffice', converted));
    assertWithin(shown, asDouble);
  });
});
