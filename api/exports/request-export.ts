import type { Request } from 'express';
import type { JobSeed } from '../../shared/contract.js';
import type { JobRow } from '../../shared/job/row.js';
import type { ApiDeps, Principal } from '../deps.js';
import { contextOf } from '../http/context.js';
import { originOf } from '../http/origin.js';
import { idFor } from '../http/input.js';
import { Turns } from '../limits/turns.js';
import type { ParsedExport } from './export-body.js';
import { ownerFor } from './owner-for.js';
import { sameRequest, startExport } from './start-export.js';

/** Must never change: the same idempotency key would create another export. */
const KEY_NAMESPACE = '5f0c3a52-0c2b-4c58-9a57-9d1f6a3c7e10';
/** Concurrent admissions per tenant in one API process: enough to keep Temporal busy. */
const ADMISSIONS_PER_TENANT = 8;
/** Ten times what an admission usually takes. A slower one is waiting for a worker and must not hold up others. */
const ADMISSION_TURN_MS = 400;

export const createAdmissionTurns = (): Turns => new Turns(ADMISSIONS_PER_TENANT, ADMISSION_TURN_MS);

/** Who requests an export, and how. */
interface ExportCaller {
  readonly principal: Principal;
  readonly idempotencyKey: string | null;
  /** Whose log lines get the job's id. */
  readonly request: Request;
}

/**
 * Starts an export, or finds the one that an earlier request with the same idempotency key started.
 * @param savedExportId the saved export that is run, if any
 * @throws ServiceError NOT_PERMITTED, FORBIDDEN for `on_behalf_of`, and those of {@link startExport}
 */
export async function requestExport(
  { onBehalfOf, ...parsed }: ParsedExport,
  { principal, idempotencyKey, request }: ExportCaller,
  deps: ApiDeps,
  savedExportId: string | null = null,
): Promise<JobRow> {
  // Pointers start at what the caller wrote: the request, or the saved export that contains it.
  const at = savedExportId === null ? '' : '/request';
  const owner = ownerFor(onBehalfOf, principal, at);
  const seed: JobSeed = {
    ...parsed,
    request: await deps.permissions.request(parsed.request, owner, at),
    jobId: idFor(principal, idempotencyKey, KEY_NAMESPACE),
    ...owner,
    scheduleId: null,
    savedExportId,
    idempotencyKey,
    createdAt: new Date().toISOString(),
    origin: originOf(request),
  };
  contextOf(request).jobId = seed.jobId;
  const known = seed.idempotencyKey === null ? null : await deps.jobs.find(seed.jobId);
  if (known !== null) return sameRequest(known, seed);
  if (seed.idempotencyKey !== null) await deps.erasedIds.allow(seed.jobId);
  return startExport(seed, deps, deps.admissions);
}
