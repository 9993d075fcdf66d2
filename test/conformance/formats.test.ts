import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { defineDataset } from '../../shared/datasets/index.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { TEXT_FORMATS } from '../support/formats.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { itTogether } from '../support/together.js';
import { expectedContents, readByPython, savedFile, type Cells } from './contents.js';
import { DEEP, deeply } from '../support/depth.js';

/** Rows per segment. */
const SEGMENT = 40;
const SIZES = { 'no rows': 0, 'one row': 1, 'one segment': SEGMENT, 'one segment and a row': SEGMENT + 1, many: 230 };

const things = defineDataset({
  name: 'things',
  title: 'Things',
  table: 'things',
  key: ['code'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    code: { type: 'text' },
    amount: { type: 'numeric' },
    ratio: { type: 'double precision' },
    flag: { type: 'boolean' },
    name: { type: 'text' },
    at: { type: 'timestamptz' },
    document: { type: 'json' },
    binary_document: { type: 'jsonb' },
  },
  filters: { id: { kind: 'range', column: 'id' } },
});

describe('a file, read by Python’s standard library, has the rows of its table, value for value:', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 300, datasets: [things], tuning: { maxSegmentRows: SEGMENT } });
    await service.startWorker();
    // The key is text that gets escaped in a file, so that it sorts differently there than in the table.
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE things (id bigint NOT NULL, code text PRIMARY KEY, tenant_id uuid NOT NULL, amount numeric, ratio double precision,
         flag boolean, name text, at timestamptz, document json, binary_document jsonb);
       INSERT INTO things SELECT i, CASE WHEN i % 2 = 0 THEN '=' ELSE '' END || lpad(i::text, 6, '0'), '${me.tenantId}',
         CASE i WHEN 3 THEN 'NaN' WHEN 4 THEN 'Infinity' ELSE i * 12345678901234567890.12345 END,
         CASE i WHEN 5 THEN '-Infinity' WHEN 6 THEN 'NaN' ELSE 1 / i::float END,
         nullif(i % 3, 2)::boolean,
         CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN E'a "quote", a comma;\\r\\n\\ta \\\\ and a 🙂' ELSE 'name ' || i END,
         timestamptz '2026-03-29 00:59:59.123456+00' + i * interval '1 hour',
         CASE WHEN i % 5 > 0 THEN E'{"a" :\\n [1.50,\\t"x\\\\n\\\\u0001"],\\r"a":2}' END::json,
         CASE WHEN i % 5 > 0 THEN '{"b": [9007199254740993, null, "é"]}' END::jsonb
       FROM generate_series(1, 230) AS i;
       UPDATE things SET id = 9007199254740993 + id WHERE id > 200`,
    );
  });
  after(() => closeCleanly(service));

  const expected = (format: string, where: string): Promise<Cells> =>
    expectedContents(service.databaseUrl, things, format, where);

  const files = (DEEP ? TEXT_FORMATS : ['CSV', 'JSON']).flatMap((format) =>
    (DEEP ? ['none', 'gzip'] : ['none']).flatMap((compression) =>
      Object.entries(SIZES)
        // Other sizes are covered without compression, and by datasets.test.ts.
        .filter(([size]) => (DEEP ? compression === 'none' || !size.startsWith('one') : size === 'many'))
        .map(([size, rows]) => ({ format, compression, size, rows })),
    ),
  );
  itTogether(files, {
    title: ({ format, compression, size }) => `${format}, compression ${compression}, ${size}`,
    work: async ({ format, compression, rows }) => {
      const range = rows === 230 ? { gte: 0 } : { lte: rows };
      const options = format.endsWith('SV') ? { compression, escape_formulas: false } : { compression };
      const body = { type: 'things', format, filters: { id: range }, options };
      const file = await exportFile(service, someUser(), body);
      assert.equal(file.rows, rows);
      const wanted = await expected(format, rows === 230 ? 'true' : `id <= ${rows}`);
      assert.deepEqual(await readByPython(format, compression, file.bytes), wanted);
    },
  });

  deeply('JSON whose first segments lost their rows after planning', async () => {
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE kept AS TABLE things;
       CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN DELETE FROM things WHERE code IN (SELECT code FROM things ORDER BY code LIMIT 85); RETURN NEW; END $$;
       CREATE TRIGGER lose AFTER UPDATE ON export_jobs FOR EACH ROW
         WHEN (NEW.plan IS NOT NULL AND OLD.plan IS NULL) EXECUTE FUNCTION lose()`,
    );
    const file = await exportFile(service, me, { type: 'things', format: 'JSON' });
    await queryRows(service.databaseUrl, 'DROP TRIGGER lose ON export_jobs');
    assert.equal(file.rows, 145);
    assert.deepEqual(await readByPython('JSON', 'none', file.bytes), await expected('JSON', 'true'));
    await queryRows(service.databaseUrl, 'TRUNCATE things; INSERT INTO things TABLE kept');
  });

  it('JSON with big numbers as text', async () => {
    const body = {
      type: 'things',
      format: 'json',
      columns: ['id', 'amount', 'ratio'],
      options: { bigint_as_text: true },
    };
    const { bytes } = await exportFile(service, me, body);
    const items = z
      .array(z.strictObject({ id: z.string(), amount: z.string(), ratio: z.union([z.number(), z.string()]) }))
      .parse(JSON.parse(bytes.toString()));
    assert.ok(items.some(({ id }) => id === '9007199254741194'));
    assert.ok(items.some(({ amount }) => amount === '24691357802469135780.24690'));
  });

  it('gzip, as a single member with the right name and type', async () => {
    const { jobId, bytes } = await exportFile(service, me, {
      type: 'things',
      format: 'ndjson',
      options: { compression: 'gzip' },
    });
    const { stdout } = await promisify(execFile)('python3', [
      '-c',
      'import sys, zlib; d = zlib.decompressobj(31); d.decompress(open(sys.argv[1], "rb").read()); print(d.eof, len(d.unused_data))',
      await savedFile(bytes, 'gz'),
    ]);
    assert.equal(stdout.trim(), 'True 0');
    const { headers } = await service.ask('GET', `/v1/exports/${jobId}/download`, { as: me });
    const answer = await fetch(headers.get('location') ?? '');
    await answer.arrayBuffer();
    assert.equal(answer.headers.get('content-type'), 'application/gzip');
    assert.match(answer.headers.get('content-disposition') ?? '', /\.ndjson\.gz"/);
  });
});
