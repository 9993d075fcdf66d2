import assert from 'node:assert/strict';
import { z } from 'zod';
import type { ColumnChoice } from '../../shared/contract.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { DEEP } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { orSkip } from '../support/or-skip.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { savedFile } from './contents.js';
import { hasPdfReaders, readPdf } from './read-pdf.js';
import { READERS } from './xlsx/readers.js';

const AMOUNT = 'Amount "€" \\ net, 山';
const COLUMNS: readonly ColumnChoice[] = [
  'id',
  { name: 'total', as: AMOUNT },
  { name: 'status', as: 'id of the status' },
  { name: 'note', as: '=1+1' },
];
/** `recipient` is computed, so the rows take the row lane. */
const COMPUTED: readonly ColumnChoice[] = ['id', { name: 'recipient', as: AMOUNT }, { name: 'email', as: 'Mail' }];

const firstLine = (bytes: Buffer): string => bytes.toString().split('\n')[0] ?? '';
const parsed = (json: string): unknown => JSON.parse(json);
const keysOf = (record: unknown): string[] => Object.keys(z.record(z.string(), z.unknown()).parse(record));

describe("a column has the request's header", () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 100 });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const made = (format: string, options: object = {}, type = 'orders', columns = COLUMNS) =>
    exportFile(service, me, { type, format, columns, options });

  it('in CSV, quoted and with formulas escaped', async () => {
    const { bytes } = await made('csv');
    assert.equal(firstLine(bytes), `id,"Amount ""€"" \\ net, 山",id of the status,'=1+1`);
    const labels = await made('csv', { header: 'labels', delimiter: ';' });
    assert.equal(firstLine(labels.bytes), `Order ID;"Amount ""€"" \\ net, 山";id of the status;'=1+1`);
    assert.notEqual(firstLine((await made('csv', { header: false })).bytes).split(',')[0], 'id');
  });

  it('in TSV', async () => {
    const { bytes } = await made('tsv', { escape_formulas: false });
    assert.equal(firstLine(bytes), `id\tAmount "€" \\\\ net, 山\tid of the status\t=1+1`);
  });

  it('as the key in JSON and NDJSON, in both lanes', async () => {
    const keys = ['id', AMOUNT, 'id of the status', '=1+1'];
    const computed = ['id', AMOUNT, 'Mail'];
    for (const [type, columns, expected] of [
      ['orders', COLUMNS, keys],
      ['customers', COMPUTED, computed],
    ] as const) {
      const [first] = z.array(z.unknown()).parse(parsed((await made('json', {}, type, columns)).bytes.toString()));
      assert.deepEqual(keysOf(first), expected);
      assert.deepEqual(keysOf(parsed(firstLine((await made('ndjson', {}, type, columns)).bytes))), expected);
    }
  });

  it('for its own values, even if another column has that name', async () => {
    const { bytes } = await made('ndjson', {}, 'orders', ['id', { name: 'customer_id', as: 'quantity' }]);
    const [row] = await queryRows<{ customer_id: string }>(
      service.databaseUrl,
      'SELECT customer_id FROM orders WHERE tenant_id = $1 ORDER BY id LIMIT 1',
      [me.tenantId],
    );
    assert.match(firstLine(bytes), new RegExp(`"quantity":${row?.customer_id ?? ''}}`));
  });

  it('in a workbook, even if two columns have the same one', async function () {
    const columns = ['id', { name: 'total', as: AMOUNT }, { name: 'note', as: AMOUNT }];
    const { bytes } = await made('xlsx', {}, 'orders', columns);
    const file = await savedFile(bytes, 'xlsx');
    const readers = DEEP ? /openpyxl$|calamine|LibreOffice/ : /openpyxl$/;
    for (const { name, prepare, read } of READERS.filter((reader) => readers.test(reader.name))) {
      await orSkip(this, prepare);
      const [heading = []] = (await read(file)).sheets[0]?.rows ?? [];
      assert.deepEqual(
        heading.map((cell) => cell?.value),
        ['Order ID', AMOUNT, AMOUNT],
        name,
      );
    }
  });

  it('in a PDF', async function () {
    if (!(await hasPdfReaders())) return this.skip();
    const { pages } = await readPdf((await made('pdf', {}, 'orders', ['id', { name: 'total', as: 'Amount' }])).bytes);
    assert.match(pages[0] ?? '', /Order ID +Amount/);
  });

  it('in responses, as it was sent, and reusing an Idempotency-Key with another header returns 422', async () => {
    const columns = ['id', { name: 'total', as: 'Amount' }];
    const body = { type: 'orders', format: 'csv', columns };
    const ask = (sent: object) =>
      service.ask('POST', '/v1/exports', { as: me, body: sent, headers: { 'Idempotency-Key': 'headers' } });
    const created = await ask(body);
    assert.equal(created.status, 202, created.text);
    const { job_id: jobId, columns: answered } = z
      .looseObject({ job_id: z.string(), columns: z.unknown() })
      .parse(created.json);
    assert.deepEqual(answered, columns);
    const read = await service.ask('GET', `/v1/exports/${jobId}`, { as: me });
    assert.deepEqual(z.looseObject({ columns: z.unknown() }).parse(read.json).columns, columns);
    assert.equal((await ask({ ...body, columns: ['id', { name: 'total', as: 'Sum' }] })).status, 422);
  });
});
