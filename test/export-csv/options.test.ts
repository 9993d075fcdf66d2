import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defineDataset } from '../../shared/datasets/index.js';
import { CrlfEncoder } from '../../shared/formats/csv/crlf.js';
import { csvField } from '../support/csv-field.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { assertSameBytes, exportFile } from './compare.js';
import { copyOf } from './reference.js';

const COLUMNS = 'id, note, total, placed_at';
const sales = defineDataset({
  name: 'sales',
  title: 'Sales',
  table: 'sales',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'integer', label: 'No.' },
    note: { type: 'text', label: 'A "note"' },
    total: { type: 'numeric', label: 'Total; net' },
    placed_at: { type: 'timestamptz', label: 'Placed' },
    day: { type: 'date' },
  },
});

describe('CSV options:', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 100, datasets: [sales], tuning: { maxSegmentRows: 4 } });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE sales (id int PRIMARY KEY, tenant_id uuid, note text, total numeric, placed_at timestamptz, day date);
       INSERT INTO sales SELECT i, '${me.tenantId}', (ARRAY['a;b', E'two\\nlines "quoted"', '', NULL, 'NULL', E'tab\\t,|'])[1 + i % 6],
         i * 1.5, timestamptz '2026-03-29 00:30:00.25+00' + i * interval '1 hour', date '2026-01-30' + i
       FROM generate_series(1, 12) AS i;
       INSERT INTO sales VALUES (13, '${me.tenantId}', 'x', 'NaN', 'infinity', '-infinity'),
         (14, '${me.tenantId}', 'y', '-1234567.89', '0044-03-15 12:00+00 BC', '0044-03-15 BC')`,
    );
  });
  after(() => closeCleanly(service));

  const exported = async (options: object, columns = COLUMNS.split(', ')): Promise<Buffer> =>
    (await exportFile(service, me, { type: 'sales', columns, options: { escape_formulas: false, ...options } })).bytes;
  const copied = (settings: string): Promise<Buffer> =>
    copyOf({
      databaseUrl: service.databaseUrl,
      select: `SELECT ${COLUMNS} FROM sales ORDER BY id`,
      settings: `FORMAT csv${settings}`,
    });

  for (const [options, settings] of [
    [{ delimiter: ';' }, `, HEADER, DELIMITER ';'`],
    [{ delimiter: '\t', null_text: 'NULL' }, `, HEADER, DELIMITER E'\\t', NULL 'NULL'`],
    [{ header: false, quoting: 'all' }, ', FORCE_QUOTE *'],
    [{ header: false, delimiter: '|', null_text: '\\N' }, `, DELIMITER '|', NULL '\\N'`],
  ] as const) {
    const test = 'quoting' in options ? it : deeply;
    test(`${JSON.stringify(options)} give the same file as COPY`, async () => {
      assertSameBytes(await exported(options), await copied(settings), 'COPY');
    });
  }

  deeply('labels are quoted where necessary', async () => {
    const [line] = (await exported({ header: 'labels', delimiter: ';' })).toString().split('\n');
    assert.equal(line, 'No.;"A ""note""";"Total; net";Placed');
  });

  it('the preset for Excel applies unless another option overrides it', async () => {
    const text = (await exported({ preset: 'excel', delimiter: '|', timezone: 'Europe/Berlin' })).toString();
    const lines = text.split('\r\n');
    assert.equal(lines[0], '\ufeffNo.|"A ""note"""|Total; net|Placed');
    assert.equal(lines[1], '1|"two\nlines ""quoted"""|1,5|2026-03-29 03:30:00');
    assert.equal(lines.length, 16);
    assert.match((await exported({ preset: 'excel' })).toString(), /^\ufeffNo\.;"A ""note""";"Total; net";Placed\r\n/);
  });

  it('date formats apply to dates and times; infinity and years BC stay unchanged', async () => {
    const timezone = 'Europe/Berlin';
    const rows = async (date_format: string): Promise<string[]> =>
      (await exported({ date_format, timezone }, ['placed_at', 'day'])).toString().split('\n').slice(1, -1);
    assert.equal((await rows('iso8601'))[0], '2026-03-29T03:30:00.250000+02:00,2026-01-31');
    assert.equal((await rows('dd.mm.yyyy'))[0], '29.03.2026 03:30:00,31.01.2026');
    assert.equal((await rows('mm/dd/yyyy'))[0], '03/29/2026 03:30:00,01/31/2026');
    const [infinite, old] = (await rows('plain')).slice(-2);
    assert.equal(infinite, 'infinity,-infinity');
    assert.match(old ?? '', /^0044-03-15 12:53:28\+00:53:28 BC,0044-03-15 BC$/);
  });

  it('invalid ones are rejected by name', async () => {
    for (const [options, pointer] of [
      [{ delimiter: ';;' }, '/options/delimiter'],
      [{ delimiter: '"' }, '/options/delimiter'],
      [{ delimiter: 'é' }, '/options/delimiter'],
      [{ delimiter: ';', null_text: 'a;b' }, '/options/null_text'],
      [{ null_text: '"' }, '/options/null_text'],
      [{ null_text: '\\.' }, '/options/null_text'],
      [{ null_text: '=1+1' }, '/options/null_text'],
      [{ null_text: 'a;=1+1' }, '/options/null_text'],
      [{ null_text: '\ufeff-1' }, '/options/null_text'],
      [{ delimiter: '=' }, '/options/delimiter'],
      [{ delimiter: "'" }, '/options/delimiter'],
      [{ header: 'yes' }, '/options/header'],
      [{ preset: 'numbers' }, '/options/preset'],
      [{ date_format: 'yyyy' }, '/options/date_format'],
      [{ bigint_as_text: true }, '/options/bigint_as_text'],
    ] as const) {
      const answer = await service.ask('POST', '/v1/exports', {
        as: me,
        body: { type: 'sales', format: 'csv', options },
      });
      assert.equal(answer.status, 400, answer.text);
      const { errors } = answer.json as { errors: { pointer: string }[] };
      assert.deepEqual(
        errors.map((error) => error.pointer),
        [pointer],
      );
    }
  });
});

describe('CR LF line endings', () => {
  it('appear at the end of rows and nowhere else, however the rows are split', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', ',') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(field, { minLength: 1 })),
        fc.integer({ min: 1, max: 9 }),
        async (rows, size) => {
          const lines = rows.map((row) => row.map((text) => csvField(text)).join(','));
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const encoder = new CrlfEncoder();
          const out: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += size) {
            const chunk = bytes.subarray(at, at + size);
            const ends = chunk.filter((byte) => byte === 0x0a).length;
            await encoder.write({ bytes: chunk, rows: ends }, (written) => void out.push(Buffer.from(written)));
          }
          assert.equal(Buffer.concat(out).toString(), lines.map((line) => `${line}\r\n`).join(''));
        },
      ),
    );
  });
});
