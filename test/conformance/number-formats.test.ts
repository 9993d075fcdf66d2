import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { defineDataset } from '../../shared/datasets/index.js';
import { previewSchema } from '../../shared/request/preview-schema.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { DEEP, deeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { needProgram, orSkip } from '../support/or-skip.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { savedFile } from './contents.js';
import { convertedByLibreOffice } from './libreoffice.js';
import { hasPdfReaders, lineOf, readPdf } from './read-pdf.js';
import { READERS } from './xlsx/readers.js';
import { VALIDATORS } from './xlsx/validators.js';
import { number, text } from './xlsx/workbook.js';

const amounts = defineDataset({
  name: 'amounts',
  title: 'Amounts',
  table: 'amounts',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    price: { type: 'numeric' },
    total: { type: 'numeric', format: 'currency', currency: 'EUR' },
    tax: { type: 'numeric', format: 'percent' },
    stock: { type: 'integer', format: 'number' },
    ratio: { type: 'double precision', scale: 3 },
    secret: { type: 'text', hidden: true },
  },
});

const FORMATS = ['0', '0.00', '[$EUR] #,##0.00', '0.00%', '#,##0', '0.000'];
const FIRST = [123456789012345, 1234.5, 1234567.891, 0.19, 12345, 0.5];

describe('numbers with a format', function () {
  this.timeout(120_000);
  let service: TestService;
  const me = someUser();
  const made = (format: string) => exportFile(service, me, { type: 'amounts', format });

  before(async () => {
    service = await startService({ orders: 100, datasets: [amounts] });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE DOMAIN price AS numeric(12,2);
       CREATE TABLE amounts (id bigint PRIMARY KEY, tenant_id uuid, price price, total numeric, tax numeric(5,4),
         stock int, ratio float8, secret text);
       INSERT INTO amounts SELECT row.*, 'x' FROM (VALUES
         (123456789012345, '${me.tenantId}'::uuid, 1234.5, 1234567.891, 0.19, 12345, 0.5),
         (123456789012346, '${me.tenantId}', -1, 12345678901234567.89, NULL, NULL, 'NaN')) AS row`,
    );
  });
  after(() => closeCleanly(service));

  it('keep their values in a workbook, which shows them by the format of their column', async function () {
    const file = await savedFile((await made('xlsx')).bytes, 'xlsx');
    for (const { name, prepare, read } of READERS.filter(
      (reader) => DEEP || /^(openpyxl|python-calamine)$/.test(reader.name),
    )) {
      await orSkip(this, prepare);
      const [sheet] = (await read(file)).sheets;
      assert.deepEqual(sheet?.rows[1], FIRST.map(number), name);
      // In a column of numbers, DuckDB converts text to a number.
      if (name !== 'DuckDB') assert.deepEqual(sheet.rows[2]?.[2], text('12345678901234567.89'), name);
      if (sheet.looks !== undefined) assert.deepEqual(sheet.looks.formats, FORMATS);
    }
  });

  for (const validator of DEEP ? VALIDATORS : []) {
    it(`are valid according to ${validator.name}`, async function () {
      await orSkip(this, () => validator.prepare());
      assert.deepEqual(await validator.problems(await savedFile((await made('xlsx')).bytes, 'xlsx')), []);
    });
  }

  deeply('look the same in LibreOffice', async function () {
    await orSkip(this, () => needProgram('soffice'));
    const file = await savedFile((await made('xlsx')).bytes, 'xlsx');
    const xml = await convertedByLibreOffice([file], 'fods', ([flat = '']) => readFile(flat, 'utf8'));
    const shown = [...xml.matchAll(/<text:p>([^<]*)<\/text:p>/g)].map(([, cell]) => cell);
    const begin = shown.indexOf('123456789012345');
    assert.deepEqual(shown.slice(begin, begin + FIRST.length), [
      ...['123456789012345', '1234.50', 'EUR 1,234,567.89', '19.00%', '12,345', '0.500'],
    ]);
  });

  it('have every digit in a PDF', async function () {
    if (!(await hasPdfReaders())) return this.skip();
    const read = await readPdf((await made('pdf')).bytes);
    assert.deepEqual(lineOf(read, '123456789012345').split(/ {2,}/), [
      ...['123456789012345', '1234.50', 'EUR 1,234,567.891', '19.00%', '12,345', '0.500'],
    ]);
    assert.match(lineOf(read, '123456789012346'), /-1\.00 +EUR 12,345,678,901,234,567\.89 +NaN/);
  });

  it('look the same in a preview', async () => {
    const rowsOf = async (format: string) => {
      const answer = await service.ask('POST', '/v1/exports/preview', { as: me, body: { type: 'amounts', format } });
      assert.equal(answer.status, 200, answer.text);
      return previewSchema.parse(answer.json).files[0]?.rows ?? [];
    };
    const [first, second] = await rowsOf('xlsx');
    assert.deepEqual(first, [...['123456789012345', '1234.50', 'EUR 1,234,567.891', '19.00%', '12,345', '0.500']]);
    assert.equal(second?.[2], '12345678901234567.89');
    assert.deepEqual((await rowsOf('pdf'))[1]?.[2], 'EUR 12,345,678,901,234,567.89');
  });

  it("are PostgreSQL's text in CSV, without the hidden column unless it is named", async () => {
    const [heading, first] = (await made('csv')).bytes.toString().split('\n');
    assert.equal(heading, 'id,price,total,tax,stock,ratio');
    assert.equal(first, '123456789012345,1234.50,1234567.891,0.1900,12345,0.5');
    const named = await exportFile(service, me, { type: 'amounts', format: 'csv', columns: ['secret'] });
    assert.equal(named.bytes.toString(), 'secret\nx\nx\n');
  });
});
