import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defineDataset } from '../../shared/datasets/index.js';
import { assertProblem } from '../api/problems.js';
import { exportFile, segmentKinds } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { readJob } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { hasPdfReaders, lineOf, pageNumbers, readPdf } from './read-pdf.js';

const ROWS = 400;
/**
 * Text that may break a page: other scripts, characters that PDF strings or PostgreSQL escape, and characters that no
 * font has.
 */
const NAMES = [
  'Ελληνικά κείμενα',
  'Иванов Пётр',
  'say "x", \'y\'',
  'a (b) c)( d',
  'C:\\temp\\new',
  'Łukasz Ünal œuvre €5 – “ok”',
  'two\nlines\tand a tab',
  '山田太郎',
  'smile 🙂 there',
  'plain name',
];
const shown = (name: string): string => name.replace(/[\n\t]/g, ' ');

const letters = defineDataset({
  name: 'letters',
  title: 'Letters',
  table: 'letters',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'integer', label: 'No.' },
    name: { type: 'text', label: 'Sender' },
    amount: { type: 'numeric', label: 'Postage' },
    registered: { type: 'boolean', label: 'Registered' },
    sent_at: { type: 'timestamptz', label: 'Sent at' },
  },
  filters: { id: { kind: 'range', column: 'id' }, name: { kind: 'contains', column: 'name' } },
  sorts: ['id'],
});
const MANY = 40;
const wide = defineDataset({
  name: 'wide',
  title: 'Wide',
  table: 'wide',
  key: ['c0'],
  tenantColumn: 'tenant_id',
  columns: Object.fromEntries(Array.from({ length: MANY }, (_, n) => [`c${n}`, { type: 'integer' } as const])),
});

describe('a PDF, read by qpdf and Poppler,', () => {
  let service: TestService | undefined;
  const me = someUser();

  before(async function () {
    if (!(await hasPdfReaders())) return this.skip();
    const branding = join(stack().dataDir, 'branding.json');
    await writeFile(branding, JSON.stringify({ [me.tenantId]: { title: 'Northwind & Sons' } }));
    service = await startService({
      ...{ orders: 100, datasets: [letters, wide], tuning: { maxSegmentRows: 60 } },
      env: { PDF_BRANDING: branding },
    });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE letters (id int PRIMARY KEY, tenant_id uuid NOT NULL, name text, amount numeric, registered boolean, sent_at timestamptz);
       CREATE TABLE wide (${Object.keys(wide.columns).join(' int, ')} int, tenant_id uuid, PRIMARY KEY (c0))`,
    );
  });
  beforeEach(fill);
  after(async () => {
    if (service !== undefined) await closeCleanly(service);
  });

  const running = (): TestService => service ?? assert.fail('no service');
  const sql = (text: string, values: unknown[] = []) => queryRows(running().databaseUrl, text, values);
  const exported = (body: object) => exportFile(running(), me, { type: 'letters', format: 'pdf', ...body });

  async function fill(): Promise<void> {
    await sql('TRUNCATE letters');
    await sql(
      `INSERT INTO letters SELECT i, $1, ($2::text[])[1 + i % ${NAMES.length}], i * 1000.25, nullif(i % 3, 2)::boolean,
         timestamptz '2026-03-29 00:59:59.999999+00' + i * interval '1 hour' FROM generate_series(1, ${ROWS}) AS i`,
      [me.tenantId, NAMES],
    );
  }

  /** Changes the table at the moment when an export is planned. */
  async function meddled(what: string, body: object) {
    await sql(`CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${what}; RETURN NEW; END $$;
      CREATE TRIGGER meddle AFTER UPDATE OF plan ON export_jobs FOR EACH ROW
        WHEN (NEW.plan IS NOT NULL AND OLD.plan IS NULL AND NEW.generation = 1) EXECUTE FUNCTION meddle()`);
    const file = await exported(body).finally(() => sql('DROP FUNCTION meddle CASCADE'));
    return { ...file, read: await readPdf(file.bytes) };
  }

  it('has every row of every segment as text, with a title', async () => {
    const body = { filters: { id: { lte: ROWS } }, sort: 'id', options: { timezone: 'Europe/Berlin' } };
    const file = await exported(body);
    assert.equal(file.rows, ROWS);
    assert.ok((await segmentKinds(running(), file.jobId)).length > 3);
    const read = await readPdf(file.bytes);
    assert.equal(read.info.Title, 'Northwind & Sons');
    assert.match(read.info['Page size'] ?? '', /A4/);
    const pages = Number(read.info.Pages);
    assert.deepEqual(
      pageNumbers(read),
      Array.from({ length: pages }, (_, index) => [index + 1, pages]),
    );
    for (const page of read.pages) {
      assert.match(
        page,
        /Letters · No\.: at most 400 · Sorted by No\., lowest first\n\s*400 rows · exported .* \(Europe\/Berlin\) for /,
      );
      assert.match(page, /No\.\s+Sender\s+Postage\s+Registered\s+Sent at/);
    }
    const table = await sql(
      `SELECT id, name, amount::text, registered, to_char(sent_at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD HH24:MI:SS') AS at FROM letters`,
    );
    for (const { id, name, amount, registered, at } of table) {
      const flag = registered === null ? [] : [registered === true ? 'yes' : 'no'];
      const cells = [String(id), shown(String(name)), String(amount), ...flag, String(at)];
      assert.equal(lineOf(read, String(id)).replace(/ +/g, ' '), cells.join(' '));
    }
  });

  it('has a page that says so if there are no rows', async () => {
    const { bytes } = await exported({ filters: { id: { gt: ROWS } }, options: { title: 'Nothing (at all)' } });
    const read = await readPdf(bytes);
    assert.equal(read.info.Title, 'Nothing (at all)');
    assert.deepEqual(pageNumbers(read), [[1, 1]]);
    assert.match(read.pages[0] ?? '', /0 rows[^]*No rows\./);
  });

  it('counts the characters that no font has, and keeps them in copied text', async () => {
    const { jobId } = await exported({ filters: { name: '🙂' } });
    const job = await readJob(running(), me, jobId);
    const warnings = z.array(z.looseObject({ code: z.string(), count: z.number() })).parse(job.warnings);
    assert.deepEqual(
      warnings.map(({ code, count }) => [code, count]),
      [['PDF_MISSING_GLYPHS', ROWS / NAMES.length]],
    );
  });

  deeply('skips the page numbers of rows that were deleted after planning', async () => {
    const { read, rows } = await meddled('DELETE FROM letters WHERE id BETWEEN 11 AND 190', {});
    assert.equal(rows, ROWS - 180);
    const numbers = pageNumbers(read).map(([number]) => number);
    assert.ok(numbers.length < (numbers.at(-1) ?? 0), String(numbers));
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(numbers).size, numbers.length);
    assert.match(lineOf(read, '191'), /Иванов|plain|say|a \(b|Ελ|C:|Łu|two|山|smile/);
  });

  deeply("is planned again if new rows don't fit its pages", async () => {
    const rowsThatCome = `INSERT INTO letters SELECT -i, '${me.tenantId}', 'came late' FROM generate_series(1, 90) AS i`;
    const { jobId, read, rows } = await meddled(rowsThatCome, {});
    assert.equal(rows, ROWS + 90);
    assert.match(lineOf(read, '-90'), /came late/);
    assert.match(lineOf(read, String(ROWS)), /400100/);
    const [job] = await sql('SELECT generation FROM export_jobs WHERE job_id = $1', [jobId]);
    assert.equal(job?.generation, 2);
  });

  it('is rejected if it has more columns than fit on a page', async () => {
    const body = { type: 'wide', format: 'pdf', options: { orientation: 'portrait' } };
    for (const path of ['/v1/exports', '/v1/exports/estimate']) {
      const answer = await running().ask('POST', path, { as: me, body });
      const { detail } = assertProblem(answer, 'VALIDATION_FAILED', ['/columns']);
      assert.match(detail, /are too many for a PDF of this page size: at most 22 fit, and the request has 40\.$/);
    }
  });
});
