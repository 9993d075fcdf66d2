import assert from 'node:assert/strict';
import { defineDataset, type ColumnType } from '../../shared/datasets/define-dataset.js';
import { queryRows } from '../support/database.js';
import { postExport, untilEnded } from '../support/exports.js';
import { operatorsReason } from '../support/failures.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';

interface Kind {
  readonly what: string;
  readonly type: ColumnType;
  /** SQL for the key of row `i`, counted from 0: neighbors compare equal in pairs, but no two have the same text. */
  readonly key: string;
}
const KINDS: readonly Kind[] = [
  {
    what: 'numbers with different scales',
    type: 'numeric',
    key: `(i / 2 || CASE i % 2 WHEN 0 THEN '.0' ELSE '.00' END)::numeric`,
  },
  {
    what: 'text in upper and lower case',
    type: 'text',
    key: `(CASE i % 2 WHEN 0 THEN 'a' ELSE 'A' END || i / 2) COLLATE loose`,
  },
  {
    what: 'intervals in different units',
    type: 'interval',
    key: `(CASE i % 2 WHEN 0 THEN i / 2 || ' days' ELSE i / 2 * 24 || ' hours' END)::interval`,
  },
];
const ROWS = 40;
const nameOf = (index: number): string => `equal_${index}`;

describe('a view with keys that compare equal but differ as text', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    const datasets = KINDS.map(({ what, type }, index) =>
      defineDataset({
        ...{ name: nameOf(index), title: what, table: nameOf(index), key: ['key'], tenantColumn: 'tenant_id' },
        columns: { key: { type }, n: { type: 'integer' } },
      }),
    );
    service = await startService({ orders: 100, datasets, tuning: { maxSegmentRows: 3 } });
    await queryRows(
      service.databaseUrl,
      `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
       ${KINDS.map(
         (
           { key },
           index,
         ) => `CREATE VIEW ${nameOf(index)} AS SELECT ${key} AS key, i AS n, '${me.tenantId}'::uuid AS tenant_id
           FROM generate_series(0, ${ROWS - 1}) AS i`,
       ).join('; ')}`,
    );
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  for (const [index, { what }] of KINDS.entries()) {
    for (const format of ['csv', 'json', 'xlsx', 'pdf']) {
      it(`(${what}) fails as ${format}, because its segments would not contain the rows that were counted`, async () => {
        const jobId = await postExport(service, me, { type: nameOf(index), format });
        const { error_code } = await untilEnded(service, me, jobId, 'FAILED');
        assert.equal(error_code, 'KEY_NOT_UNIQUE');
        assert.match(await operatorsReason(service, jobId), /two rows have the same key \(key\)/);
      });
    }
  }
});
