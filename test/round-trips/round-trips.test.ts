import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { z } from 'zod';
import { defineDataset } from '../../shared/datasets/index.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { escapedText } from '../support/formulas.js';
import { deeply, DEEP } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { openDuckDb, type PythonDuckDb } from '../tpch/duckdb.js';

const ROWS = 3000;
const READER = fileURLToPath(new URL('read_rows.py', import.meta.url));
const readSchema = z.array(z.tuple([z.number(), z.string().nullable(), z.string().nullable()]));
type Row = z.infer<typeof readSchema>[number];

const texts = defineDataset({
  name: 'texts',
  title: 'Texts',
  table: 'texts',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'integer' }, a: { type: 'text' }, b: { type: 'text' } },
});

/** Text that a reader, a writer or a spreadsheet may misinterpret. */
const AWKWARD = [
  ...[
    ',',
    ';',
    '\t',
    '|',
    '"',
    "'",
    '\r',
    '\n',
    '\r\n',
    '\\',
    '\\.',
    '\\N',
    '.',
    ' ',
    'NULL',
    'null',
    'true',
    '0',
    'a',
  ],
  ...[
    '=',
    '+',
    '-',
    '@',
    '＝',
    '＋',
    '－',
    '＠',
    '\ufeff',
    '\u0085',
    '\u2028',
    '\u0001',
    '\u001a',
    '\u007f',
    'é',
    '🙂',
    '山',
  ],
];
/** Any text that PostgreSQL can store: no NUL, no lone surrogates. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...AWKWARD), maxLength: 8 }),
    fc.constantFrom(...AWKWARD, '', ' padded ', '""', '\ufeffbegins', '{"a":1}', '[', '#'),
  )
  .filter((value) => !value.includes('\0') && value.isWellFormed());
const cell = fc.option(text, { nil: null, freq: 10 });

interface Dialect {
  readonly format: 'CSV' | 'JSON' | 'NDJSON';
  readonly options?: {
    readonly delimiter?: string;
    readonly null_text?: string;
    readonly newline?: 'lf' | 'crlf';
    readonly bom?: boolean;
    readonly quoting?: 'minimal' | 'all';
  };
}
const DIALECTS: readonly Dialect[] = [
  { format: 'CSV', options: {} },
  { format: 'CSV', options: { delimiter: ';', newline: 'crlf', bom: true } },
  { format: 'CSV', options: { delimiter: '\t', null_text: 'NULL' } },
  { format: 'CSV', options: { delimiter: '|', null_text: '\\N', quoting: 'all' } },
  { format: 'JSON' },
  { format: 'NDJSON' },
];

describe(`${ROWS} rows of any text`, function () {
  this.timeout(120_000);
  const seed = randomInt(2 ** 31);
  const rows: readonly Row[] = fc
    .sample(fc.tuple(cell, cell), { numRuns: ROWS, seed })
    .map(([a, b], index) => [index + 1, a, b]);
  let service: TestService;
  let duckDb: PythonDuckDb;
  let folder: string;
  const me = someUser();

  before(async () => {
    folder = join(stack().dataDir, `texts-${randomUUID()}`);
    await mkdir(folder);
    [duckDb, service] = await Promise.all([
      openDuckDb(),
      startService({ orders: 100, datasets: [texts], tuning: { maxSegmentRows: 700 } }),
    ]);
    await service.startWorker();
    const { databaseUrl } = service;
    await queryRows(databaseUrl, 'CREATE TABLE texts (id int PRIMARY KEY, tenant_id uuid, a text, b text)');
    await queryRows(
      databaseUrl,
      'INSERT INTO texts SELECT id, $1, a, b FROM unnest($2::int[], $3::text[], $4::text[]) AS t (id, a, b)',
      [me.tenantId, rows.map(([id]) => id), rows.map(([, a]) => a), rows.map(([, , b]) => b)],
    );
  });
  after(() => closeCleanly(service));

  async function saved({ format, options }: Dialect, escaped = false): Promise<string> {
    const body = { type: 'texts', format, options: format === 'CSV' ? { escape_formulas: escaped, ...options } : {} };
    const file = await exportFile(service, me, body);
    assert.equal(file.rows, ROWS);
    const path = join(folder, `${randomUUID()}.txt`);
    await writeFile(path, file.bytes);
    return path;
  }
  async function read(reader: 'python' | 'duckdb', path: string, { format, options = {} }: Dialect): Promise<Row[]> {
    const { delimiter = ',', null_text: nullText = '', newline } = options;
    const args = [reader, format, path, delimiter, nullText, String(newline === 'crlf')];
    const printed =
      reader === 'duckdb'
        ? await duckDb.run(READER, args)
        : (await promisify(execFile)('python3', [READER, ...args], { maxBuffer: 1 << 26 })).stdout;
    return readSchema.parse(JSON.parse(printed));
  }
  /** Reports the first row that differs, instead of printing all rows. */
  function assertSame(actual: readonly Row[], expected: readonly Row[], what: string): void {
    const at = expected.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(actual[index]));
    if (at >= 0) assert.deepEqual(actual[at], expected[at], `${what}, seed ${seed}`);
    assert.equal(actual.length, expected.length, `${what}, seed ${seed}`);
  }

  for (const dialect of DIALECTS.slice(0, DEEP ? undefined : 1)) {
    const { format, options = {} } = dialect;
    it(`come back unchanged from ${format} ${JSON.stringify(options)}, read by Python and by DuckDB`, async () => {
      const path = await saved(dialect);
      const [byPython, byDuckDb] = await Promise.all([read('python', path, dialect), read('duckdb', path, dialect)]);
      const { null_text: nullText = '' } = options;
      // Python's csv module doesn't reveal whether a cell was quoted.
      const flat = rows.map(([id, a, b]): Row => [id, a ?? nullText, b ?? nullText]);
      assertSame(byPython, format === 'CSV' ? flat : rows, 'Python');
      assertSame(byDuckDb, rows, 'DuckDB');
    });
  }

  deeply('are unchanged with formula escaping, except for apostrophes before formulas', async () => {
    const dialect: Dialect = { format: 'CSV' };
    const escape = (value: string | null): string | null => (value === null ? null : escapedText(value));
    assertSame(
      await read('duckdb', await saved(dialect, true), dialect),
      rows.map(([id, a, b]): Row => [id, escape(a), escape(b)]),
      'escaped',
    );
    assert.ok(rows.filter(([, a]) => escape(a) !== a).length > ROWS / 50, 'there are formulas');
  });
});
