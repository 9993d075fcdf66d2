import assert from 'node:assert/strict';
import { defineDataset } from '../../shared/datasets/index.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { assertEqualsCopy, segmentKinds } from './compare.js';

const RELATIONS = ['a_view', 'a_materialized_view', 'a_partitioned_table'] as const;

/** Keyed by day, because the table is partitioned by day; a view may have computed columns. */
const datasets = RELATIONS.map((name) =>
  defineDataset({
    name,
    title: name,
    schema: 'Shop',
    table: name,
    key: ['day', 'id'],
    tenantColumn: 'tenant_id',
    columns: { id: { type: 'bigint' }, day: { type: 'date' }, sum: { type: 'numeric' } },
    filters: { days: { kind: 'date_range', column: 'day' } },
  }),
);

describeDeeply('an export can read', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 1000, datasets, tuning: { segmentBytes: 3000 } });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE SCHEMA "Shop";
       CREATE VIEW "Shop".a_view AS
         SELECT tenant_id, id, (placed_at AT TIME ZONE 'UTC')::date AS day, total * quantity AS sum FROM orders;
       CREATE MATERIALIZED VIEW "Shop".a_materialized_view AS TABLE "Shop".a_view;
       CREATE UNIQUE INDEX ON "Shop".a_materialized_view (id);
       CREATE TABLE "Shop".a_partitioned_table (LIKE "Shop".a_view, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
       CREATE TABLE "Shop".old PARTITION OF "Shop".a_partitioned_table FOR VALUES FROM (MINVALUE) TO ('2025-06-01');
       CREATE TABLE "Shop".new PARTITION OF "Shop".a_partitioned_table FOR VALUES FROM ('2025-06-01') TO (MAXVALUE);
       INSERT INTO "Shop".a_partitioned_table TABLE "Shop".a_view`,
    );
  });
  after(() => service.close());

  for (const name of RELATIONS) {
    it(`${name.replaceAll('_', ' ')} in its own schema`, async () => {
      const days = `day >= '2025-01-01' AND day < '2026-01-01'`;
      const where = `tenant_id = '${me.tenantId}' AND ${days}`;
      const select = `SELECT id, day, sum FROM "Shop".${name} WHERE ${where} ORDER BY day, id`;
      const filters = { days: ['2025-01-01', '2026-01-01'] };
      const file = await assertEqualsCopy(service, me, { type: name, filters }, { select });
      assert.ok(file.rows > 100);
      assert.ok((await segmentKinds(service, file.jobId)).length > 1);
    });
  }
});
