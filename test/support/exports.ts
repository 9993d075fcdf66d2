import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { SHOWN_STATUSES, type ShownStatus } from '../../shared/contract.js';
import { queryRows } from './database.js';
import type { TestService } from './service.js';

const jobSchema = z.looseObject({
  job_id: z.string(),
  status: z.enum(SHOWN_STATUSES),
  progress: z.number(),
  rows_exported: z.number(),
  row_count: z.number().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  download_url: z.string().nullish(),
});
export type Job = z.infer<typeof jobSchema>;

/** Requests an export of orders as CSV; the test fails unless it is admitted. */
export async function postExport(service: TestService, as: Principal, body: object = {}): Promise<string> {
  const answer = await service.ask('POST', '/v1/exports', { as, body: { type: 'orders', format: 'csv', ...body } });
  assert.equal(answer.status, 202, answer.text);
  return jobSchema.parse(answer.json).job_id;
}

export async function readJob(service: TestService, as: Principal, jobId: string): Promise<Job> {
  const answer = await service.ask('GET', `/v1/exports/${jobId}`, { as });
  assert.equal(answer.status, 200, answer.text);
  return jobSchema.parse(answer.json);
}

/** Polls until `work` returns a truthy value; the test fails if that takes too long. */
export async function until<T>(
  what: string,
  work: () => Promise<T | undefined | null | false>,
  ms = 20_000,
  pauseMs: (waitedMs: number) => number = () => 25,
): Promise<T> {
  const start = Date.now();
  for (;;) {
    const value = await work();
    if (value !== undefined && value !== null && value !== false) return value;
    const waited = Date.now() - start;
    if (waited > ms) assert.fail(`${what}: not within ${ms} ms`);
    await sleep(pauseMs(waited));
  }
}

const ENDED: readonly ShownStatus[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED'];

const ASK_EVERY_MS = 500;

/** Waits until the job has ended, and checks its status. */
export async function untilEnded(
  service: TestService,
  as: Principal,
  jobId: string,
  status: ShownStatus = 'COMPLETED',
  ms = 30_000,
): Promise<Job> {
  let askedAt = -Infinity;
  const job = await until(
    `end of ${jobId}`,
    async () => {
      const row = await service.deps.jobs.find(jobId);
      const hasEnded = row !== null && ENDED.includes(row.shown_status);
      // The API queries the workflow of a running export: asking it at each poll would dominate the load of the tests.
      if (!hasEnded && performance.now() - askedAt < ASK_EVERY_MS) return false;
      askedAt = performance.now();
      const seen = await readJob(service, as, jobId);
      return ENDED.includes(seen.status) && seen;
    },
    ms,
  );
  assert.equal(job.status, status, `${job.error_code ?? ''} ${job.error_message ?? ''}`);
  return job;
}

/** Downloads the file of a job by its link. */
export async function download(service: TestService, as: Principal, jobId: string): Promise<Buffer> {
  const { headers, status, text } = await service.ask('GET', `/v1/exports/${jobId}/download`, { as });
  assert.equal(status, 302, text);
  const link = headers.get('location') ?? '';
  // A store may be busy for a moment, so retry the download.
  const file = await until('a store that is not busy', async () => {
    const answer = await fetch(link);
    return answer.status !== 503 && answer;
  });
  assert.equal(file.status, 200);
  return Buffer.from(await file.arrayBuffer());
}

/** Gives all exports the same planning time from now on, so that two exports of the same rows are identical. */
export async function planAt({ databaseUrl }: TestService, moment: string): Promise<void> {
  await queryRows(
    databaseUrl,
    `CREATE FUNCTION plan_at() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN NEW.plan := jsonb_set(NEW.plan, '{plannedAt}', '"${moment}"'); RETURN NEW; END $$;
     CREATE TRIGGER plan_at BEFORE UPDATE ON export_jobs FOR EACH ROW
       WHEN (NEW.plan IS NOT NULL AND OLD.plan IS NULL) EXECUTE FUNCTION plan_at()`,
  );
}

/** What an export must not leave behind: open uploads, temporary objects, and transactions in the source database. */
export async function leftovers({ deps, databaseUrl }: TestService): Promise<string[]> {
  const uploads = (await deps.store.openUploads('')).map(({ key }) => `upload of ${key}`);
  const objects = (await deps.store.list('tmp/')).map(({ key }) => key);
  const open = await queryRows<{ query: string }>(
    databaseUrl,
    `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'export-reader'
     AND (state <> 'idle' OR xact_start IS NOT NULL)`,
  );
  return [...uploads, ...objects, ...open.map(({ query }) => `transaction: ${query}`)];
}
