import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { jobIdOfKey } from '../../shared/store/keys.js';
import { queryRows } from './database.js';
import { until } from './exports.js';
import type { TestService } from './service.js';

/** Failed exports keep their objects for a retry. Objects without a job are leaks, too. */
async function leftInBucket({ deps, databaseUrl }: TestService): Promise<string[]> {
  const failed = await queryRows<{ job_id: string }>(
    databaseUrl,
    `SELECT job_id FROM export_jobs WHERE status = 'FAILED'`,
  );
  const kept = new Set(failed.map(({ job_id }) => job_id));
  const [uploads, pieces] = await Promise.all([deps.store.openUploads(''), deps.store.list('tmp/')]);
  const isLeft = (key: string): boolean => !kept.has(jobIdOfKey(key) ?? '');
  return [
    ...uploads.filter(({ key }) => isLeft(key)).map(({ key }) => `open upload of ${key}`),
    ...pieces.filter(({ key }) => isLeft(key)).map(({ key }) => `temporary object ${key}`),
  ];
}

async function running({ deps, databaseUrl }: TestService): Promise<string[]> {
  const rows = await queryRows<{ job_id: string }>(databaseUrl, 'SELECT job_id FROM export_jobs');
  const open = rows.map(async ({ job_id }) => {
    const handle = deps.temporal.client.workflow.getHandle(exportWorkflowId(job_id));
    // A row that a test inserted itself has no workflow.
    const status = await handle.describe().then(
      (description) => description.status.name,
      () => 'NONE',
    );
    return status === 'RUNNING' ? [`running export ${job_id}`] : [];
  });
  return (await Promise.all(open)).flat();
}

async function inTransaction({ databaseUrl }: TestService): Promise<string[]> {
  const rows = await queryRows<{ application_name: string; query: string }>(
    databaseUrl,
    `SELECT application_name, query FROM pg_stat_activity WHERE datname = current_database()
       AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
  );
  return rows.map(({ application_name, query }) => `transaction of ${application_name}: ${query.slice(0, 100)}`);
}

/** Closes a service whose exports have all ended; fails if they left anything behind. */
export async function closeCleanly(service: TestService): Promise<void> {
  let leaks: string[] = [];
  try {
    await until(
      'no leaks',
      async () => {
        leaks = (await Promise.all([leftInBucket(service), running(service), inTransaction(service)])).flat();
        return leaks.length === 0;
      },
      5000,
    ).catch(() => undefined);
    assert.deepEqual(leaks, [], 'the service has leaks');
  } finally {
    await service.close();
  }
}
