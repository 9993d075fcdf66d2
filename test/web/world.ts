import assert from 'node:assert/strict';
import { chromium, type Browser } from 'playwright-core';
import type { Principal } from '../../api/deps.js';
import { signToken } from '../../api/access/sign-token.js';
import { findOnPath } from '../../dev/find-on-path.js';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { BUILT_IN_DATASETS, checkDataset } from '../../shared/datasets/index.js';
import { queryRows } from '../support/database.js';
import { JWT_SECRET, startService, type TestService } from '../support/service.js';

/** One browser and one service for every test of the page. */
export interface World {
  readonly browser: Browser;
  readonly service: TestService;
  close(): Promise<void>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long each row takes, except in the plan's sample, so that the export can be watched and canceled. */
const SLOW_MS = 100;
const slow = checkDataset({
  name: 'slow',
  title: 'Slow orders',
  table: 'slow',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'bigint', label: 'Order ID' }, pause: { type: 'text', label: 'Pause' } },
});
/** Reading a row fails. */
const broken = checkDataset({
  ...slow,
  name: 'broken',
  title: 'Broken orders',
  table: 'broken',
  columns: { id: { type: 'bigint', label: 'Order ID' }, ratio: { type: 'integer', label: 'Ratio' } },
});

/** @throws StackError when there is no Chromium */
export async function openWorld(): Promise<World> {
  const program = (await Promise.all(NAMES.map(findOnPath))).find((path) => path !== undefined);
  if (program === undefined) throw new StackError('Chromium is not installed');
  const [browser, service] = await Promise.all([
    chromium.launch({ executablePath: program, args: FLAGS }),
    startService({
      orders: 300,
      page: true,
      datasets: [...BUILT_IN_DATASETS, slow, broken],
      tuning: { maxSegmentRows: 10, segmentsInFlight: 2 },
    }),
  ]);
  await queryRows(
    service.databaseUrl,
    // STABLE, so that PostgreSQL calls it only for the rows that are read.
    `CREATE FUNCTION nap(id bigint) RETURNS text LANGUAGE plpgsql STABLE AS
       $$ BEGIN
         IF current_query() NOT LIKE '%LIMIT%' THEN PERFORM pg_sleep(${SLOW_MS / 1000}); END IF;
         RETURN id;
       END $$;
     CREATE VIEW slow AS SELECT id, tenant_id, nap(id) AS pause FROM orders;
     CREATE VIEW broken AS SELECT id, tenant_id, 1 / (quantity - quantity) AS ratio FROM orders`,
  );
  await service.startWorker();
  return {
    browser,
    service,
    close: async () => {
      await browser.close();
      await service.close();
    },
  };
}

export const tokenFor = (as: Principal, ttlSeconds = 600): Promise<string> =>
  signToken(JWT_SECRET, { ...as, email: 'ana@northwind.example', ttlSeconds });

/** Ids of a user's exports, oldest first. */
export async function jobsOf({ service }: World, { userId }: Principal): Promise<string[]> {
  const sql = 'SELECT job_id FROM export_jobs WHERE user_id = $1 ORDER BY created_at';
  const rows = await queryRows<{ job_id: string }>(service.databaseUrl, sql, [userId]);
  return rows.map(({ job_id: jobId }) => jobId);
}

/** The id of a user's only export. Fails if there isn't exactly one. */
export async function onlyJobOf(world: World, as: Principal): Promise<string> {
  const [jobId, ...others] = await jobsOf(world, as);
  assert.ok(jobId !== undefined && others.length === 0, `there are ${others.length + 1} exports`);
  return jobId;
}

/**
 * Counts the test tenant's orders that match a condition.
 * @param condition SQL
 */
export async function countOrders({ service }: World, condition: string): Promise<number> {
  const sql = `SELECT count(*)::int AS n FROM orders WHERE tenant_id = $1 AND ${condition}`;
  const [row] = await queryRows<{ n: number }>(service.databaseUrl, sql, [NORTHWIND.id]);
  return row?.n ?? 0;
}
