import assert from 'node:assert/strict';
import { z } from 'zod';
import { exportFile } from '../../export-csv/compare.js';
import { queryRows, withSettings } from '../../support/database.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { orSkip } from '../../support/or-skip.js';
import { someUser, startService, type TestService } from '../../support/service.js';
import { segmentsOf } from '../../workflows/support.js';
import { savedFile } from '../contents.js';
import { CREATE_TYPES, edges, TYPES } from '../type-values.js';
import { awkward, createAwkward } from './awkward.js';
import { compare } from './compare.js';
import { expectedFile, type ExpectedFile } from './expected.js';
import { READERS } from './readers.js';
import { VALIDATORS } from './validators.js';
import type { Workbook } from './workbook.js';
import { DEEP, deeply } from '../../support/depth.js';

const TIMEZONE = 'Europe/Berlin';
const ROWS = 150;
const SEGMENT_ROWS = 20;
/** Three segments fill a sheet. */
const SHEET_ROWS = 60;
const TYPE_ROWS = Math.max(...Object.values(TYPES).map(({ values }) => values.length));

const jobSchema = z.object({ warnings: z.array(z.looseObject({ code: z.string(), count: z.number() })) });

interface Made extends ExpectedFile {
  readonly path: string;
  readonly jobId: string;
}

describe('a workbook has the rows of its table, value for value,', function () {
  this.timeout(180_000);
  let service: TestService;
  const me = someUser();
  const made: Record<string, Made> = {};

  const file = (name: string): Made => {
    const found = made[name];
    assert(found !== undefined);
    return found;
  };

  before(async () => {
    service = await startService({
      orders: 100,
      datasets: [awkward, edges],
      tuning: { maxSegmentRows: SEGMENT_ROWS },
    });
    await service.startWorker();
    await createAwkward(service.databaseUrl, me.tenantId, ROWS);
    await createEdges();
    const settings = `-c TimeZone=${TIMEZONE} -c extra_float_digits=1`;
    const asExported = withSettings(service.databaseUrl, settings);
    const make = async (name: string, body: object, expected: Promise<ExpectedFile>, compression = 'fast') => {
      const options = { timezone: TIMEZONE, sheet_rows: SHEET_ROWS, compression };
      const { bytes, jobId } = await exportFile(service, me, { format: 'XLSX', ...body, options });
      made[name] = { ...(await expected), path: await savedFile(bytes, 'xlsx'), jobId };
    };
    await make('awkward', { type: 'awkward' }, expectedFile(asExported, awkward, SHEET_ROWS));
    if (!DEEP) return;
    await make('types', { type: 'edges' }, expectedFile(asExported, edges, SHEET_ROWS));
    const none = { type: 'awkward', filters: { id: { lt: 0 } } };
    await make('empty', none, expectedFile(asExported, awkward, SHEET_ROWS, 'false'), 'small');
  });
  after(() => closeCleanly(service));

  async function createEdges(): Promise<void> {
    const columns = Object.entries(TYPES).map(([name, { sqlType }]) => `${name} ${sqlType}`);
    const rows = Array.from({ length: TYPE_ROWS }, (_, row) => {
      const items = Object.values(TYPES).map(
        ({ sqlType, values }) => `(${values[row] ?? 'NULL'})::${sqlType.replace(/ COLLATE.*/, '')}`,
      );
      return `(${row}, '${me.tenantId}', ${items.join(', ')})`;
    });
    await queryRows(
      service.databaseUrl,
      `${CREATE_TYPES}; CREATE TABLE edges (id int PRIMARY KEY, tenant_id uuid, ${columns.join(', ')});
       INSERT INTO edges VALUES ${rows.join(', ')}`,
    );
  }

  for (const reader of DEEP ? READERS : READERS.filter(({ name }) => name === 'openpyxl')) {
    describe(`in ${reader.name}:`, () => {
      before(function () {
        return orSkip(this, () => reader.prepare());
      });
      const names = DEEP ? ['awkward', 'types', 'empty'] : ['awkward'];
      let books: Promise<readonly Workbook[]> | undefined;
      for (const [index, name] of names.entries()) {
        it(name, async () => {
          books ??= reader.readAll(names.map((each) => file(each).path));
          const book = (await books)[index] ?? assert.fail();
          assert.deepEqual(compare(reader.name, file(name).workbook, book).differences, []);
        });
      }
    });
  }

  for (const validator of VALIDATORS) {
    deeply(`and is valid according to ${validator.name}`, async function () {
      await orSkip(this, () => validator.prepare());
      assert.deepEqual(await validator.problems(...Object.values(made).map(({ path }) => path)), []);
    });
  }

  it('on sheets that are split between segments', async () => {
    const { workbook, jobId } = file('awkward');
    assert.deepEqual(
      workbook.sheets.map(({ name, rows }) => [name, rows.length]),
      [
        ['Orders', SHEET_ROWS + 1],
        ['Orders 2', SHEET_ROWS + 1],
        ['Orders 3', ROWS - 2 * SHEET_ROWS + 1],
      ],
    );
    assert.equal((await segmentsOf(service, jobId)).length, 8);
  });

  it('and reports how many of its texts are cut', async () => {
    const { jobId, cut } = file('awkward');
    const { json } = await service.ask('GET', `/v1/exports/${jobId}`, { as: me });
    const { warnings } = jobSchema.parse(json);
    assert.ok(cut > 0);
    assert.deepEqual(
      warnings.map(({ code, count }) => [code, count]),
      [['XLSX_TEXT_CUT', cut]],
    );
  });

  it('below a bold, frozen header with labels and filters, in columns that are wide enough', async function () {
    const openpyxl = READERS.find(({ name }) => name === 'openpyxl');
    assert(openpyxl !== undefined);
    await orSkip(this, () => openpyxl.prepare());
    const { path, workbook } = file('awkward');
    const { sheets } = await openpyxl.read(path);
    const columns = Object.keys(awkward.columns).length;
    for (const [index, { looks }] of sheets.entries()) {
      assert.equal(looks?.freeze, 'A2');
      assert.equal(looks.filter, `A1:N${workbook.sheets[index]?.rows.length ?? 0}`);
      assert.deepEqual(looks.bold, Array<boolean>(columns).fill(true));
      assert.ok(
        looks.widths.every((width) => width >= 4 && width <= 100),
        looks.widths.join(),
      );
      const [day, moment] = ['yyyy-mm-dd', 'yyyy-mm-dd hh:mm:ss'];
      const ordinary = ['General', '0', 'General', 'General', 'General', 'General'];
      if (index === 0) assert.deepEqual(looks.formats.slice(0, 10), [...ordinary, day, moment, moment, 'hh:mm:ss']);
    }
  });
});
