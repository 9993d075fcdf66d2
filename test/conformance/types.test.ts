import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { defineDataset } from '../../shared/datasets/index.js';
import { exportFile } from '../export-csv/compare.js';
import { createDatabase, queryRows, withSettings, type TestDatabase } from '../support/database.js';
import { deeply, DEEP } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { escapedText } from '../support/formulas.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { CREATE_TYPES, edges, TYPES } from './type-values.js';

const READER = fileURLToPath(new URL('read.py', import.meta.url));
const TIMEZONE = 'Europe/Berlin';
/** Represents null, to tell it apart from empty text. */
const NULL = '∅';

const NAMES = Object.keys(TYPES);
const ROWS = Math.max(...Object.values(TYPES).map(({ values }) => values.length));

/** Its columns have the names that the formats' queries use for their rows. */
const names = defineDataset({
  name: 'names',
  title: 'Awkward names',
  table: 'names',
  key: ['t'],
  tenantColumn: 'tenant_id',
  columns: { t: { type: 'integer' }, item: { type: 'text' } },
});

const cells = z.array(z.array(z.unknown()));
type Cells = z.infer<typeof cells>;

describe('values of every type are written as PostgreSQL itself writes them:', () => {
  let service: TestService;
  let source: TestDatabase;
  let asExported: string;
  const me = someUser();

  before(async () => {
    source = await createDatabase();
    // Server settings must not affect a file.
    const foreign = '-c DateStyle=German -c IntervalStyle=sql_standard -c bytea_output=escape -c extra_float_digits=0';
    const env = { SOURCE_DATABASE_URL: withSettings(source.url, foreign) };
    service = await startService({ orders: 100, datasets: [edges, names], env, tuning: { maxSegmentRows: 4 } });
    await service.startWorker();
    const columns = Object.entries(TYPES).map(([name, { sqlType }]) => `${name} ${sqlType}`);
    const rows = Array.from({ length: ROWS + 1 }, (_, row) => {
      const items = Object.values(TYPES).map(({ sqlType, values }) => {
        const [value, type] = [values[row] ?? 'NULL', sqlType.replace(/ COLLATE.*/, '')];
        return `(${value})::${type}`;
      });
      return `(${row}, '${me.tenantId}', ${items.join(', ')})`;
    });
    await queryRows(
      source.url,
      `${CREATE_TYPES};
       CREATE TABLE edges (id int PRIMARY KEY, tenant_id uuid, ${columns.join(', ')});
       INSERT INTO edges VALUES ${rows.join(', ')};
       CREATE TABLE names (t int PRIMARY KEY, tenant_id uuid, item text);
       INSERT INTO names VALUES (1, '${me.tenantId}', 'x')`,
    );
    const settings = `-c TimeZone=${TIMEZONE} -c extra_float_digits=1`;
    asExported = withSettings(source.url, settings);
  });
  after(async () => {
    await closeCleanly(service);
    await source.drop();
  });

  const exported = async (format: string, options: object, type = 'edges'): Promise<Buffer> =>
    (await exportFile(service, me, { type, format, options: { timezone: TIMEZONE, ...options } })).bytes;

  async function read(format: string, bytes: Buffer | string): Promise<Cells> {
    const file = join(stack().dataDir, `types-${randomUUID()}.txt`);
    await writeFile(file, bytes);
    const { stdout } = await promisify(execFile)('python3', [READER, format, file], { maxBuffer: 1 << 26 });
    return cells.parse(JSON.parse(stdout));
  }
  /** The cells of a CSV, as PostgreSQL's output functions write them; null is null. */
  async function csvCells(options: object): Promise<Cells> {
    const rows = await read('CSV', await exported('CSV', { null_text: NULL, ...options }));
    return rows.map((row) => row.map((cell) => (cell === NULL ? null : (cell ?? ''))));
  }
  async function expectedText(): Promise<(string | null)[][]> {
    const items = NAMES.map((name) => `CASE WHEN num_nulls(${name}) = 0 THEN format('%s', ${name}) END`);
    const rows = await queryRows<{ cells: (string | null)[] }>(
      asExported,
      `SELECT ARRAY[${items.join(', ')}] AS cells FROM edges ORDER BY id`,
    );
    return rows.map((row) => row.cells);
  }
  function assertCells(actual: Cells, expected: Cells): void {
    assert.equal(actual.length, expected.length);
    for (const [row, values] of expected.entries()) {
      for (const [column, value] of values.entries()) {
        assert.deepEqual(actual[row]?.[column], value, `${NAMES[column] ?? ''} in row ${row}`);
      }
    }
  }

  it('CSV', async () => {
    assertCells(await csvCells({ escape_formulas: false }), await expectedText());
  });

  deeply('CSV with escaped formulas, only in text and types that may contain text', async () => {
    const expected = (await expectedText()).map((row) =>
      row.map((cell, column) => {
        const declared = Object.values(TYPES)[column]?.declared ?? '';
        // Whitespace means nothing in JSON.
        if (declared === 'json') return cell?.replace(/([,\t\r\n])-/g, '$1 -') ?? null;
        return cell !== null && ['text', 'char', 'other'].includes(declared) ? escapedText(cell) : cell;
      }),
    );
    assertCells(await csvCells({}), expected);
    for (const cell of [`'=1`, `'-a`, '-1 days', '-0.10', '10.0.0.1']) assert.ok(expected.flat().includes(cell), cell);
  });

  for (const format of DEEP ? ['JSON', 'NDJSON'] : ['JSON']) {
    it(format, async () => {
      const rows = await queryRows<{ row: string }>(
        asExported,
        `SELECT row_to_json(e.*)::text AS row FROM (SELECT ${NAMES.join(', ')} FROM edges ORDER BY id) AS e`,
      );
      const expected = await read('JSON', `[${rows.map(({ row }) => row).join(',')}]`);
      const file = await exported(format, {});
      assertCells(await read(format, file), expected);
      // A line break in a document, at any depth, would end a row.
      if (format === 'NDJSON') assert.equal(file.toString().split('\n').length, ROWS + 2);
      assert.ok(!file.some((byte) => byte < 0x20 && byte !== 0x0a), 'no control characters');
    });
  }

  deeply('JSON writes numbers, texts and addresses as CSV does', async () => {
    const same = [
      'smallint',
      'integer',
      'bigint',
      'numeric',
      'real',
      'double precision',
      'text',
      'char',
      'uuid',
      'interval',
      'inet',
    ];
    const expected = await expectedText();
    for (const [row, values] of (await read('JSON', await exported('JSON', { bigint_as_text: true }))).entries()) {
      for (const [column, { declared }] of Object.values(TYPES).entries()) {
        if (same.includes(declared)) assert.equal(values[column], expected[row]?.[column]);
      }
    }
  });

  deeply('times in ISO 8601 and decimals with a comma are read back unchanged', async () => {
    const file = await csvCells({ escape_formulas: false, date_format: 'iso8601', decimal_comma: true });
    const times = ['date', 'timestamp', 'timestamptz'];
    const expected = await expectedText();
    for (const [column, [name, { declared, sqlType }]] of Object.entries(TYPES).entries()) {
      const written = file.map((row) => row[column]);
      if (times.includes(declared)) {
        const sql = `SELECT bool_and($1::text[]::${sqlType}[] = (SELECT array_agg(${name} ORDER BY id) FROM edges)) AS same`;
        assert.deepEqual(await queryRows(asExported, sql, [written]), [{ same: true }], name);
      } else {
        const isDecimal = ['numeric', 'real', 'double precision'].includes(declared);
        const texts = expected.map((row) => row[column]);
        assert.deepEqual(written, isDecimal ? texts.map((text) => text?.replace('.', ',') ?? null) : texts, name);
      }
    }
  });

  deeply("columns with the same names as a query's rows", async () => {
    assert.equal((await exported('JSON', {}, 'names')).toString(), '[{"t":1,"item":"x"}\n]\n');
    assert.equal((await exported('CSV', {}, 'names')).toString(), 't,item\n1,x\n');
  });
});
