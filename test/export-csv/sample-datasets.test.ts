import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { BUILT_IN_DATASETS, type Dataset } from '../../shared/datasets/index.js';
import { choicesSchema } from '../../shared/request/choices-schema.js';
import { COMPUTED_BY_SQL, MASKED_BY_SQL } from '../support/computed-by-sql.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { assertEqualsCopy } from './compare.js';

/** Filters, and the condition for the rows that they should find. */
const FILTERS: Readonly<Record<string, readonly (readonly [filters: object, where: string])[]>> = {
  customers: [
    [{ name: 'AN', vip: false }, `name ILIKE '%an%' AND NOT vip`],
    [{ email: '%' }, `position('%' IN email) > 0`],
    [{ born_on: { gte: '1980-01-01' } }, `born_on >= '1980-01-01'`],
    [{ credit_limit: { lt: 1000 }, country: ['DE', 'FR'] }, `credit_limit < 1000 AND country IN ('DE', 'FR')`],
  ],
  orders: [],
  transactions: [
    [{ kind: ['refund', 'chargeback'] }, `kind IN ('refund', 'chargeback')`],
    [{ unsettled: true, amount: { gt: 100 } }, 'settled_at IS NULL AND amount > 100'],
    [{ order_id: '17' }, 'order_id = 17'],
  ],
};

describe('the sample datasets are exported as PostgreSQL copies them:', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 3000, tuning: { maxSegmentRows: 700 } });
    await queryRows(service.databaseUrl, 'INSERT INTO accountants VALUES ($1, $2)', [me.tenantId, me.userId]);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  it("credit limits stay locked for an accountant's user id in another tenant", async () => {
    const isLocked = async (as: Principal) => {
      const { json } = await service.ask('GET', '/v1/datasets', { as });
      const listed = choicesSchema.parse(json).datasets.find(({ name }) => name === 'customers');
      return listed?.columns.find(({ name }) => name === 'credit_limit')?.locked;
    };
    assert.equal(await isLocked(me), undefined);
    assert.equal(await isLocked({ ...me, tenantId: randomUUID() }), true);
  });

  const columnsOf = ({ name, columns }: Dataset): string => {
    const computed = Object.entries(COMPUTED_BY_SQL[name] ?? {}).map(([column, sql]) => `${sql} AS ${column}`);
    const shown = Object.keys(columns).map((column) => {
      const masked = MASKED_BY_SQL[name]?.[column];
      return masked === undefined ? column : `${masked} AS ${column}`;
    });
    return [...shown, ...computed].join(', ');
  };
  for (const dataset of BUILT_IN_DATASETS) {
    const { name, table } = dataset;
    for (const [filters, where] of [[{}, 'true'] as const, ...(FILTERS[name] ?? [])]) {
      const test = where === 'true' ? it : deeply;
      test(`${name} ${JSON.stringify(filters)}`, async () => {
        const rows = `FROM ${table} WHERE tenant_id = '${me.tenantId}' AND ${where}`;
        const select = `SELECT ${columnsOf(dataset)} ${rows} ORDER BY id`;
        const file = await assertEqualsCopy(service, me, { type: name, filters }, { select });
        const [{ count } = { count: -1 }] = await queryRows<{ count: number }>(
          service.databaseUrl,
          `SELECT count(*)::integer AS count ${rows}`,
        );
        assert.equal(file.rows, count);
      });
    }
    it(`${name} has the columns of its table`, async () => {
      const found = await queryRows<{ name: string }>(
        service.databaseUrl,
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum > 0 ORDER BY attnum`,
      );
      assert.deepEqual(
        Object.keys(dataset.columns),
        found.map((column) => column.name),
      );
    });
  }
});
