import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import Papa from 'papaparse';
import XLSX from 'xlsx';
import { customers } from '../../shared/datasets/customers.js';
import { orders } from '../../shared/datasets/orders.js';
import { transactions } from '../../shared/datasets/transactions.js';
import { valueOf } from '../../shared/formats/copy-text.js';
import { previewSchema, type PreviewedFile } from '../../shared/request/preview-schema.js';
import { hasPdfReaders, readPdf } from '../conformance/read-pdf.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { download, postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { assertProblem } from './problems.js';
import { createPreviewed, documents, huge, slowComputed, slowOrders } from './previewed-datasets.js';
import { asLong, type Rows } from './as-long.js';

describe('POST /v1/exports/preview', () => {
  let service: TestService;
  const me = someUser();
  before(async () => {
    const datasets = [orders, customers, transactions, slowOrders, slowComputed, huge, documents];
    service = await startService({ orders: 400, datasets });
    await createPreviewed(service.databaseUrl, me.tenantId);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const ask = (body: object, query = '', as = me, signal?: AbortSignal) =>
    service.ask('POST', `/v1/exports/preview${query}`, {
      as,
      body: { type: 'orders', format: 'csv', ...body },
      ...(signal === undefined ? {} : { signal }),
    });
  async function previewed(body: object, query = '?limit=100'): Promise<PreviewedFile> {
    const answer = await ask(body, query);
    assert.equal(answer.status, 200, answer.text);
    const [file, ...others] = previewSchema.parse(answer.json).files;
    assert.deepEqual(others, []);
    return file ?? assert.fail();
  }
  async function exported(body: object): Promise<Buffer> {
    const jobId = await postExport(service, me, body);
    await untilEnded(service, me, jobId);
    return download(service, me, jobId);
  }
  const headersOf = ({ columns }: PreviewedFile) => columns.map(({ header }) => header);

  const CSV = {
    'as they are by default': [',', '', {}],
    'for Excel': [';', '', { preset: 'excel' }],
    'without a header or escaped formulas': [
      ',',
      '',
      { header: false, escape_formulas: false, date_format: 'dd/mm/yyyy' },
    ],
    'with everything quoted': ['|', 'NULL', { quoting: 'all', delimiter: '|', null_text: 'NULL' }],
  } as const;
  const QUICK_CSV = ['as they are by default', 'with everything quoted'];
  for (const [what, [delimiter, nullText, options]] of Object.entries(CSV)) {
    const test = QUICK_CSV.includes(what) ? it : deeply;
    test(`shows the headers and values of a CSV file ${what}`, async () => {
      for (const type of ['orders', 'customers']) {
        const body = { type, format: 'csv', options: { timezone: 'Europe/Berlin', ...options } };
        const shown = await previewed(body);
        const text = String(await exported(body)).replace(/^\ufeff/, '');
        const lines = Papa.parse<string[]>(text, { delimiter }).data;
        const header = 'header' in options ? shown.columns.map(() => null) : lines.shift();
        assert.deepEqual(headersOf(shown), header);
        assert.ok(shown.rows.length >= 5);
        const rows = shown.rows.map((row) => row.map((value) => value ?? nullText));
        assert.deepEqual(rows, asLong(lines.slice(0, rows.length), rows));
      }
    });
  }

  it('shows the headers and values of a TSV file', async () => {
    const shown = await previewed({ format: 'tsv' });
    const [header = '', ...lines] = String(await exported({ format: 'tsv' })).split('\n');
    assert.deepEqual(headersOf(shown), header.split('\t'));
    const rows: Rows = lines.slice(0, shown.rows.length).map((line) => line.split('\t').map(valueOf));
    assert.deepEqual(shown.rows, asLong(rows, shown.rows));
  });

  for (const format of ['json', 'ndjson']) {
    it(`shows the keys and values of ${format.toUpperCase()}, as JSON`, async () => {
      const body = { type: 'customers', format, columns: ['id', 'recipient', 'preferences', 'vip', 'phone'] };
      const shown = await previewed(body);
      const text = String(await exported(body));
      const array = format === 'json' ? text : `[${text.trimEnd().replaceAll('\n', ',')}]`;
      const items = JSON.parse(array) as unknown[];
      const objects = shown.rows.map((row) => {
        const values = row.map((value) => (value === null ? null : (JSON.parse(value) as unknown)));
        return Object.fromEntries(headersOf(shown).map((header, column) => [header, values[column]])) as unknown;
      });
      assert.deepEqual(objects, items.slice(0, objects.length));
      const renamed = await previewed({ format, columns: ['id', { name: 'total', as: 'Amount' }] });
      assert.deepEqual(headersOf(renamed), ['id', 'Amount']);
    });
  }

  it('shows the labels and the cells of a workbook', async () => {
    const body = { type: 'transactions', format: 'xlsx', options: { timezone: 'Europe/Berlin' } };
    const shown = await previewed(body);
    const workbook = XLSX.read(await exported(body), { cellDates: false });
    const sheet = workbook.Sheets[workbook.SheetNames[0] ?? ''] ?? {};
    const [header, ...cells] = XLSX.utils.sheet_to_json<(string | number | boolean | null)[]>(sheet, {
      header: 1,
      raw: true,
      defval: null,
    });
    assert.deepEqual(headersOf(shown), header);
    for (const [index, row] of shown.rows.entries()) {
      for (const [column, { name, type }] of shown.columns.entries()) {
        const [text, cell] = [row[column] ?? null, cells[index]?.[column] ?? null];
        if (text === null || type === 'uuid' || type === 'text') assert.equal(text, cell, name);
        else if (type === 'boolean') assert.equal(text, String(cell).toUpperCase());
        else if (type === 'timestamptz') {
          const ms = Math.round((Number(cell) - 25_569) * 86_400_000);
          assert.ok(Math.abs(ms - Date.parse(`${text.replace(' ', 'T')}Z`)) <= 1, `${text} ${String(cell)}`);
        } else if (typeof cell === 'number') assert.equal(Number(text.replace(/[^\d.e-]/g, '')), cell, name);
      }
    }
  });

  it('shows the labels and the values of a PDF', async function () {
    if (!(await hasPdfReaders())) this.skip();
    const body = { format: 'pdf', columns: ['id', 'customer_name', 'placed_at'] };
    const shown = await previewed(body, '');
    const text = (await readPdf(await exported(body))).pages.join('\n').replace(/\s+/g, ' ');
    for (const header of headersOf(shown)) assert.ok(text.includes(header ?? ''), header ?? '');
    for (const row of shown.rows) assert.ok(text.includes(row[0] ?? '') && text.includes(row[2] ?? ''), row.join(' '));
  });

  it('has ten rows by default, at most a hundred, and says if there are more', async () => {
    const few = await previewed({ columns: ['id'], sort: '-placed_at' }, '');
    assert.deepEqual([few.rows.length, few.has_more], [10, true]);
    assert.equal(few.columns[0]?.type, 'bigint');
    const [first, second] = [await previewed({ columns: ['placed_at'], sort: '-placed_at' }, '?limit=1'), few.rows[0]];
    assert.equal(first.rows.length, 1);
    assert.ok(second);
    const none = await previewed({ filters: { customer_id: '999999999' } });
    assert.deepEqual([none.rows, none.has_more], [[], false]);
    for (const query of ['?limit=0', '?limit=101', '?limit=ten', '?rows=5']) {
      assertProblem(await ask({}, query), 'VALIDATION_FAILED');
    }
  });

  it('has a file for each dataset of an account', async () => {
    const answer = await ask({ type: 'account', format: 'json' });
    assert.equal(answer.status, 200, answer.text);
    const { files } = previewSchema.parse(answer.json);
    assert.deepEqual(
      files.map(({ dataset, rows }) => [dataset, rows.length]),
      [
        ['orders', 0],
        ['transactions', 0],
        ['slow_orders', 0],
        ['slow_computed', 0],
      ],
    );
  });

  it('cuts long values in the database', async () => {
    for (const format of ['csv', 'json', 'xlsx']) {
      const startedAt = performance.now();
      const { rows } = await previewed({ type: 'huge', format }, '?limit=1');
      const [, note = '', document = ''] = rows[0] ?? [];
      assert.deepEqual([Array.from(note ?? '').length, note?.at(-1)], [1001, '…'], format);
      assert.deepEqual([document?.length, document?.at(-1)], [1001, '…'], format);
      assert.ok(performance.now() - startedAt < 2000);
    }
  });

  for (const format of ['csv', 'tsv', 'xlsx']) {
    it(`shows documents that are cut, but begin as in the file, as ${format.toUpperCase()}`, async () => {
      const body = { type: 'documents', format };
      const shown = await previewed(body);
      const file = await exported(body);
      let lines: Rows;
      if (format === 'xlsx') {
        const workbook = XLSX.read(file, { raw: true });
        const sheet = workbook.Sheets[workbook.SheetNames[0] ?? ''] ?? {};
        const cells = XLSX.utils.sheet_to_json<(string | number)[]>(sheet, { header: 1, raw: true });
        lines = cells.map((row) => row.map(String));
      } else if (format === 'csv') lines = Papa.parse<string[]>(String(file)).data;
      else
        lines = String(file)
          .split('\n')
          .map((line) => line.split('\t').map(valueOf));
      const rows = lines.slice(1, shown.rows.length + 1);
      assert.deepEqual(shown.rows.length, 50);
      for (const [index, row] of shown.rows.entries()) {
        for (const [column, text] of row.entries()) {
          const value = rows[index]?.[column] ?? '';
          const cut = Array.from(value).slice(0, 1000).join('');
          assert.equal(text, cut === value ? value : `${cut}…`);
        }
      }
    });
  }

  it('takes at most two seconds, including in the database, even with a computed column', async () => {
    const startedAt = performance.now();
    const others = someUser();
    const answers = await Promise.all([ask({ type: 'slow_orders' }), ask({ type: 'slow_computed' }, '', others)]);
    for (const answer of answers) assertProblem(answer, 'PREVIEW_TOO_SLOW');
    assert.ok(performance.now() - startedAt < 2500);
    await noneRuns();
  });

  it('is canceled in the database when its client leaves', async () => {
    const leaving = new AbortController();
    const answer = ask({ type: 'slow_orders' }, '', me, leaving.signal).catch(() => null);
    await until('the query', async () => (await running()).length > 0, 1500);
    leaving.abort();
    assert.equal(await answer, null);
    const startedAt = performance.now();
    await noneRuns();
    assert.ok(performance.now() - startedAt < 1500);
  });

  it('runs one at a time for each user', async () => {
    const [busy, other] = [{ ...someUser(), userId: randomUUID() }, someUser()];
    const all = await Promise.all([
      ...Array.from({ length: 3 }, () => ask({ type: 'slow_orders' }, '', busy)),
      ask({ columns: ['id'] }, '', other),
    ]);
    assert.deepEqual(all.map(({ status }) => status).sort(), [200, 429, 429, 503]);
    const refused = all.find(({ status }) => status === 429) ?? assert.fail();
    assertProblem(refused, 'TOO_MANY_PREVIEWS');
    await noneRuns();
  });

  it('starts no export, and rejects what POST /v1/exports would reject', async () => {
    assert.deepEqual(await service.deps.jobs.activeOf(me), []);
    assertProblem(await ask({ columns: ['password'] }), 'VALIDATION_FAILED', ['/columns/0']);
  });

  const running = () =>
    queryRows(
      service.databaseUrl,
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'export-preview'
       AND state = 'active'`,
    );
  const noneRuns = () => until('no query', async () => (await running()).length === 0, 3000);
});
