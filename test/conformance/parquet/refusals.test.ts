import assert from 'node:assert/strict';
import { z } from 'zod';
import { defineDataset, type Dataset } from '../../../shared/datasets/index.js';
import { queryRows } from '../../support/database.js';
import { postExport, untilEnded } from '../../support/exports.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { startService, someUser, type TestService } from '../../support/service.js';

const MOST_COLUMNS = 2_000;
/** With 134 row groups of 1,000 rows, 201,000 column chunks. */
const COLUMNS = 1_500;
const ROWS = 134_000;
const GROUP_ROWS = 1_000;

const problemSchema = z.object({
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
});

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `c${index + 1}`);

const broad = (name: string, columns: number): Dataset =>
  defineDataset({
    ...{ name, title: 'Broad', table: name, key: ['c1'], tenantColumn: 'tenant_id' },
    columns: Object.fromEntries(numbered(columns).map((column) => [column, { type: 'integer' }])),
  });

describe('a Parquet export that no file can hold is refused, with the numbers:', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    const datasets = [broad('broad', COLUMNS), broad('broader', MOST_COLUMNS + 1)];
    // Segments of whole row groups.
    service = await startService({ orders: 100, datasets, tuning: { maxSegmentRows: 10_000 } });
    await service.startWorker();
    // A view has at most 1,664 columns.
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE ids (i int PRIMARY KEY, tenant_id uuid);
       INSERT INTO ids SELECT i, '${me.tenantId}' FROM generate_series(1, ${ROWS}) AS i;
       CREATE VIEW broad AS SELECT tenant_id, ${numbered(COLUMNS)
         .map((name) => `i AS ${name}`)
         .join(', ')} FROM ids`,
    );
  });
  after(() => closeCleanly(service));

  it('more columns, with the request', async () => {
    const body = { type: 'broader', format: 'parquet' };
    const { status, json } = await service.ask('POST', '/v1/exports', { as: me, body });
    assert.equal(status, 400);
    assert.deepEqual(problemSchema.parse(json).errors, [
      {
        pointer: '/columns',
        detail: `are too many for a Parquet file: at most ${MOST_COLUMNS} fit, and the request has ${MOST_COLUMNS + 1}`,
      },
    ]);
  });

  it('more row groups × columns, by the plan', async () => {
    const body = { type: 'broad', format: 'parquet', options: { row_group_rows: GROUP_ROWS } };
    const refused = await untilEnded(service, me, await postExport(service, me, body), 'FAILED');
    assert.equal(refused.error_code, 'TOO_MANY_ROWS');
    assert.equal(
      refused.error_message,
      `The export has ${ROWS} rows in 134 row groups of ${COLUMNS} columns; a Parquet file holds at most 200000 ` +
        'row groups × columns. With row_group_rows above 1000, there are fewer.',
    );
  });
});
