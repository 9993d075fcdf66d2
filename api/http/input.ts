import type { Request } from 'express';
import { v5, v7 } from 'uuid';
import { z } from 'zod';
import type { UserRef } from '../../shared/contract.js';
import { fieldProblems, validationFailed } from '../../shared/request/field-problems.js';
import { ServiceError } from '../../shared/errors.js';
import { UNSTORABLE, isStorable } from '../../shared/text/storable-text.js';
import type { JobRow } from '../../shared/job/row.js';
import type { ApiDeps } from '../deps.js';

/**
 * Parses requests. Problems outside the body are prefixed with their place: `query/limit`, `path/job_id`, `header/…`.
 */

/**
 * @param part where the value comes from; used as a prefix of pointers, except those into the body
 * @throws ServiceError VALIDATION_FAILED, also for fields that a strict schema does not have
 */
export function parsePart<T>(part: 'path' | 'query' | '', value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw validationFailed(
    fieldProblems(result.error).map(({ pointer, detail }) => ({ pointer: `${part}${pointer}`, detail })),
  );
}

/** A query parameter that may be given once. */
export const once = z.string({ error: 'must be given once' }).refine(isStorable, { error: UNSTORABLE, abort: true });
const wholeNumber = { error: 'must be a whole number from 1 to 100' };
/** Maximum entries per page. */
export const limitSchema = once
  .regex(/^\d{1,3}$/, wholeNumber)
  .transform(Number)
  .pipe(z.int().min(1, wholeNumber).max(100, wholeNumber))
  .default(20);

const uuid = (example: string) => z.guid({ error: 'must be a UUID' }).toLowerCase().meta({ example });

/** Parameters of the path, for the routes that have them. */
export const jobParams = z.object({ job_id: uuid('01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60') });
export const scheduleParams = z.object({ schedule_id: uuid('01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e61') });
export const userParams = z.object({ user_id: uuid('1b6f3c1a-92d4-4f1b-8a35-7d1e5c2f0a11') });

/** @throws ServiceError NOT_FOUND also for another user's or tenant's job, so that nobody learns that it exists */
export async function ownedJob(jobId: string, owner: UserRef, { jobs }: Pick<ApiDeps, 'jobs'>): Promise<JobRow> {
  const row = await jobs.findOwned(jobId, owner);
  if (row === null) throw new ServiceError('NOT_FOUND', `There is no export ${jobId}.`);
  return row;
}

/**
 * The id of what a request creates: derived from the user and their idempotency key, or a new one without a key.
 * @param namespace must never change: the same key would get a different id
 */
export function idFor({ tenantId, userId }: UserRef, key: string | null, namespace: string): string {
  // Tenant and user have a fixed length and keys contain no newline, so two users' keys can't collide.
  return key === null ? v7() : v5(`${tenantId}\n${userId}\n${key}`, namespace);
}

/** 1 to 255 visible ASCII characters in one header: Node joins several with a comma and a space, which isn't visible. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** @throws ServiceError VALIDATION_FAILED for a key that is empty, too long or not visible ASCII */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return null;
  if (IDEMPOTENCY_KEY.test(key)) return key;
  const detail = 'must be 1 to 255 visible ASCII characters';
  throw validationFailed([{ pointer: 'header/Idempotency-Key', detail }]);
}
