import { setTimeout as sleep } from 'node:timers/promises';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import type { JobSeed } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { SILENCE_MS, askInTime, withTimeLimit } from '../../shared/time-limit.js';
import { forgetErasedRequester } from '../../shared/job/forget-erased-requester.js';
import { partiesOfRow, queuedRow, type JobRow } from '../../shared/job/row.js';
import { admit } from './admission.js';
import type { ApiDeps } from '../deps.js';
import { keyReused } from '../http/input.js';
import type { Turns } from '../limits/turns.js';

/** The export inserts its row, too, so don't wait longer than this for an unavailable database. */
const INSERT_MS = 2000;
/** How long to wait for the row of a job that another request started. */
const ROW_WAIT_MS = 2000;

/**
 * Compares people, too, because the hash doesn't include them: an export whose administrator was erased is no match.
 * @throws ServiceError IDEMPOTENCY_KEY_REUSED when a different request created the job
 */
export function sameRequest(row: JobRow, seed: JobSeed): JobRow {
  const { tenantId, userId, requestedBy } = partiesOfRow(row);
  const isOfSame = tenantId === seed.tenantId && userId === seed.userId && requestedBy === seed.requestedBy;
  if (isOfSame && row.request_hash === seed.requestHash) return row;
  throw keyReused('export', row.job_id, { job_id: row.job_id });
}

/**
 * Waits for the row of an earlier request with the same key.
 * @returns null when that export has ended and its row was deleted: the key can be used again
 */
async function rowOfFirst(seed: JobSeed, { jobs, temporal }: ApiDeps): Promise<JobRow | null> {
  const deadline = Date.now() + ROW_WAIT_MS;
  let hasEnded = false;
  for (;;) {
    const row = await jobs.find(seed.jobId);
    if (row !== null) return sameRequest(row, seed);
    if (hasEnded) return null;
    if (Date.now() > deadline) throw notYet(seed, 'Another request has just started this export.');
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
  const detail = `${sentence} Check whether export ${jobId} appears before trying again.`;
  return new ServiceError('TEMPORARILY_UNAVAILABLE', detail, { job_id: jobId }, { cause });
}

/**
 * Takes one of the tenant's places, if tenants have a limit.
 * @throws ServiceError TENANT_TOO_BUSY
 */
async function takePlace(seed: JobSeed, { places, settings, metrics }: ApiDeps): Promise<void> {
  const { tenantLimit } = settings;
  if (tenantLimit === undefined || (await places.takeForExport(seed, tenantLimit, 'active'))) return;
  metrics.admission('refused');
  const sentence = `This organization already has ${tenantLimit} active exports (the limit).`;
  throw new ServiceError('TENANT_TOO_BUSY', sentence, { max_active_exports: tenantLimit });
}

/** Frees the place of a refused request at once, before its lease ends. */
async function freePlace({ jobId }: JobSeed, { places, settings, logger }: ApiDeps): Promise<void> {
  if (settings.tenantLimit === undefined) return;
  await places.freeForExport(jobId).catch((error: unknown) => {
    logger.warn({ job_id: jobId, err: error }, 'a place could not be freed; it becomes free when its lease ends');
  });
}

/** @returns the row of another request that reused the key first; null if this request did */
async function startAgain(seed: JobSeed, deps: ApiDeps, turns: Turns): Promise<JobRow | null> {
  const { started } = await admit(seed, deps, turns, true);
  return started ? null : rowOfFirst(seed, deps);
}

/**
 * Admits the export and inserts its row.
 * @returns the row; an earlier request with the same key may have created it
 * @throws ServiceError TENANT_TOO_BUSY, TOO_MANY_EXPORTS, IDEMPOTENCY_KEY_REUSED, TEMPORARILY_UNAVAILABLE
 */
export async function startExport(seed: JobSeed, deps: ApiDeps, turns: Turns): Promise<JobRow> {
  const { jobs, logger } = deps;
  await takePlace(seed, deps);
  try {
    const { started } = await admit(seed, deps, turns);
    // Without a key nobody else has this id: "already known" then refers to our own first attempt.
    if (!started && seed.idempotencyKey !== null) {
      const first = (await rowOfFirst(seed, deps)) ?? (await startAgain(seed, deps, turns));
      if (first !== null) return first;
    }
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'TOO_MANY_EXPORTS') await freePlace(seed, deps);
    if (!(error instanceof ServiceError) || error.code !== 'TEMPORARILY_UNAVAILABLE') throw error;
    // No worker responded, but the export may have started anyway.
    const row = await jobs.find(seed.jobId).catch(() => null);
    if (row !== null) return sameRequest(row, seed);
    // If it has started, its first step takes a place again, or waits for one.
    await freePlace(seed, deps);
    throw notYet(seed, error.message, error);
  }
  // The export is running, so the response is 202 even if the database fails.
  await withTimeLimit(insertRow(seed, deps), INSERT_MS).catch((error: unknown) => {
    logger.warn({ job_id: seed.jobId, err: error }, 'the row could not be inserted; the export will insert it');
  });
  return queuedRow(seed);
}

async function insertRow(seed: JobSeed, deps: ApiDeps): Promise<void> {
  await deps.jobs.insert(seed);
  await forgetErasedRequester(seed, deps);
}
