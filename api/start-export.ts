import { setTimeout as sleep } from 'node:timers/promises';
import { exportWorkflowId } from '../shared/temporal/names.js';
import type { JobSeed } from '../shared/contract.js';
import { ServiceError } from '../shared/errors.js';
import type { JobRow } from '../shared/job/row.js';
import type { TemporalClient } from '../shared/temporal/client.js';
import { SILENCE_MS, askInTime, withTimeLimit } from '../shared/time-limit.js';
import { queuedRow } from '../shared/job/view.js';
import { admit } from './admission.js';
import type { ApiDeps } from './deps.js';
import type { Turns } from './turns.js';

/** The export inserts its row too: an answer waits no longer for a database that has gone away. */
const INSERT_MS = 2000;
/** How long to wait for the row of a job that another request has started. */
const ROW_WAIT_MS = 2000;

/** @throws ServiceError IDEMPOTENCY_KEY_REUSED when the job was made by a different request */
export function sameRequest(row: JobRow, seed: JobSeed): JobRow {
  if (row.request_hash === seed.requestHash) return row;
  const sentence = `This Idempotency-Key was already used for a different request, which created export ${row.job_id}.`;
  throw new ServiceError('IDEMPOTENCY_KEY_REUSED', sentence, { job_id: row.job_id });
}

/**
 * Another request with the same key came first: its row says what it had asked for.
 * @returns null when its export has ended and its row was deleted since: the key may be used again
 */
async function rowOfFirst(seed: JobSeed, { jobs, temporal }: ApiDeps): Promise<JobRow | null> {
  const deadline = Date.now() + ROW_WAIT_MS;
  let hasEnded = false;
  for (;;) {
    const row = await jobs.find(seed.jobId);
    if (row !== null) return sameRequest(row, seed);
    if (hasEnded) return null;
    if (Date.now() > deadline) throw notYet(seed, 'The export was started by another request a moment ago.');
    await sleep(50);
    // An export inserts its row first, so one that has ended had a row.
    hasEnded = await isClosed(seed, temporal);
  }
}

async function isClosed({ jobId }: JobSeed, { client }: TemporalClient): Promise<boolean> {
  try {
    const handle = client.workflow.getHandle(exportWorkflowId(jobId));
    const { closeTime } = await askInTime(client, SILENCE_MS, () => handle.describe());
    return closeTime !== undefined;
  } catch {
    // Unknown: the row may still appear.
    return false;
  }
}

function notYet({ jobId }: JobSeed, sentence: string, cause?: unknown): ServiceError {
  const detail = `${sentence} Export ${jobId} may still appear: check for it before you try again.`;
  return new ServiceError('TEMPORARILY_UNAVAILABLE', detail, { job_id: jobId }, { cause });
}

/**
 * Takes a place of the tenant, where tenants have a limit.
 * @throws ServiceError TENANT_TOO_BUSY
 */
async function takePlace(seed: JobSeed, { places, settings, metrics }: ApiDeps): Promise<void> {
  const { tenantLimit } = settings;
  if (tenantLimit === undefined || (await places.takeForExport(seed, tenantLimit, 'active'))) return;
  metrics.admission('refused');
  const sentence = `This organization already has ${tenantLimit} active exports (the limit).`;
  throw new ServiceError('TENANT_TOO_BUSY', sentence, { max_active_exports: tenantLimit });
}

/** Gives back the place of a refused request at once, before its lease ends. */
async function freePlace({ jobId }: JobSeed, { places, settings, logger }: ApiDeps): Promise<void> {
  if (settings.tenantLimit === undefined) return;
  await places.freeForExport(jobId).catch((error: unknown) => {
    logger.warn({ job_id: jobId, err: error }, 'a place could not be given back: it is free when its lease ends');
  });
}

/** @returns the row of another request that reused the key first; null if this request did */
async function startAgain(seed: JobSeed, deps: ApiDeps, turns: Turns): Promise<JobRow | null> {
  const { started } = await admit(seed, deps, turns, true);
  return started ? null : rowOfFirst(seed, deps);
}

/**
 * Admits the export and makes its row.
 * @returns the row, of the first request when it was made by another with the same key
 * @throws ServiceError TENANT_TOO_BUSY, TOO_MANY_EXPORTS, IDEMPOTENCY_KEY_REUSED, TEMPORARILY_UNAVAILABLE
 */
export async function startExport(seed: JobSeed, deps: ApiDeps, turns: Turns): Promise<JobRow> {
  const { jobs, logger } = deps;
  await takePlace(seed, deps);
  try {
    const { started } = await admit(seed, deps, turns);
    // Without a key the id is ours alone: "known already" is then an answer to our own first try.
    if (!started && seed.idempotencyKey !== null) {
      const first = (await rowOfFirst(seed, deps)) ?? (await startAgain(seed, deps, turns));
      if (first !== null) return first;
    }
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'TOO_MANY_EXPORTS') await freePlace(seed, deps);
    // No worker answered, but the export may have started anyway, so it keeps its place.
    if (!(error instanceof ServiceError) || error.code !== 'TEMPORARILY_UNAVAILABLE') throw error;
    const row = await jobs.find(seed.jobId).catch(() => null);
    if (row === null) throw notYet(seed, error.message, error);
    return sameRequest(row, seed);
  }
  // The export runs: from here on the answer is 202, whatever the database does.
  await withTimeLimit(jobs.insert(seed), INSERT_MS).catch((error: unknown) => {
    logger.warn({ job_id: seed.jobId, err: error }, 'the row could not be inserted: the export inserts it');
  });
  return queuedRow(seed);
}
