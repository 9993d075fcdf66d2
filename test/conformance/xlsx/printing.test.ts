import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { BUILT_IN_DATASETS, defineDataset } from '../../../shared/datasets/index.js';
import { exportFile } from '../../export-csv/compare.js';
import { queryRows } from '../../support/database.js';
import { deeply } from '../../support/depth.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { needProgram, orSkip } from '../../support/or-skip.js';
import { someUser, startService, type TestService } from '../../support/service.js';
import { savedFile } from '../contents.js';
import { convertedByLibreOffice } from '../libreoffice.js';
import { hasPdfReaders, pageNumbers, readPdf } from '../read-pdf.js';
import { READERS } from './readers.js';

const BROAD = Array.from({ length: 30 }, (_, index) => `c${index}`);
const broad = defineDataset({
  name: 'broad',
  title: 'Broad & long',
  table: 'broad',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'integer' },
    ...Object.fromEntries(BROAD.map((name) => [name, { type: 'text' as const }])),
  },
});

describe('a workbook prints', function () {
  this.timeout(120_000);
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 600, datasets: [...BUILT_IN_DATASETS, broad] });
    await service.startWorker();
    const columns = BROAD.map((name) => `${name} text`).join(', ');
    const values = BROAD.map(() => `'a text of some length'`).join(', ');
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE broad (id int PRIMARY KEY, tenant_id uuid, ${columns});
       INSERT INTO broad SELECT n, '${me.tenantId}', ${values} FROM generate_series(1, 5) AS n`,
    );
  });
  after(() => closeCleanly(service));

  async function saved(body: object): Promise<string> {
    const { bytes } = await exportFile(service, me, { type: 'orders', format: 'xlsx', ...body });
    return savedFile(bytes, 'xlsx');
  }

  async function settingsOf(context: Mocha.Context, file: string) {
    const openpyxl = READERS.find(({ name }) => name === 'openpyxl');
    assert(openpyxl !== undefined);
    await orSkip(context, () => openpyxl.prepare());
    const [sheet] = (await openpyxl.read(file)).sheets;
    assert(sheet?.looks !== undefined);
    return sheet.looks.print;
  }

  it('in portrait if it is narrow, on A4 unless the request names another paper size', async function () {
    const narrow = { columns: ['id', 'status', 'total'] };
    const settings = await settingsOf(this, await saved(narrow));
    assert.deepEqual(
      { ...settings, header: settings.header[0] },
      {
        ...{ fits: true, paper: 9, orientation: 'portrait', wide: 1, high: 0 },
        ...{ titles: ['$1:$1', null], header: 'Orders', footer: 'Page &P of &N' },
      },
    );
    assert.match(settings.header[1] ?? '', /^exported \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\)$/);
    assert.equal((await settingsOf(this, await saved({ ...narrow, options: { page_size: 'letter' } }))).paper, 1);
  });

  it('in landscape if it is wide, and on several pages that repeat the first column if it would be too small to read', async function () {
    const wide = await settingsOf(this, await saved({ columns: ['tenant_id', 'user_id', 'email', 'placed_at'] }));
    assert.deepEqual([wide.orientation, wide.wide, wide.titles], ['landscape', 1, ['$1:$1', null]]);
    const { orientation, wide: pages, titles, header } = await settingsOf(this, await saved({ type: 'broad' }));
    assert.deepEqual([orientation, pages, titles], ['landscape', 3, ['$1:$1', '$A:$A']]);
    assert.equal(header[0], 'Broad && long');
  });

  deeply('from LibreOffice with its header row, title and page number on every page', async function () {
    await orSkip(this, () => needProgram('soffice'));
    if (!(await hasPdfReaders())) return this.skip();
    const file = await saved({ columns: ['id', 'customer_name', 'status', 'total', 'placed_at'] });
    const printed = await convertedByLibreOffice([file], 'pdf', ([made = '']) => readFile(made));
    const read = await readPdf(printed);
    assert.ok(read.pages.length > 5, String(read.pages.length));
    for (const page of read.pages)
      assert.match(page, /^\s*Orders +exported .*\n+ *Order ID +Customer +Status +Total +Placed at/);
    assert.deepEqual(
      pageNumbers(read),
      read.pages.map((_, index) => [index + 1, read.pages.length]),
    );
  });
});
