import type { Request } from 'express';
import { v5, v7 } from 'uuid';
import { z } from 'zod';
import type { UserRef } from '../shared/contract.js';
import { fieldProblems, validationFailed } from '../shared/request/field-problems.js';
import { ServiceError } from '../shared/errors.js';
import { UNSTORABLE, isStorable } from '../shared/text/storable-text.js';
import type { JobRow } from '../shared/job/row.js';
import { contextOf, principalOf } from './context.js';
import type { ApiDeps } from './deps.js';

/** What comes in beside the body. A problem names where it is: `query/limit`, `path/job_id`, `header/…`. */

/** @throws ServiceError VALIDATION_FAILED, also for parameters that the schema does not know */
export function parsePart<T>(part: 'path' | 'query', value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw validationFailed(
    fieldProblems(result.error).map(({ pointer, detail }) => ({ pointer: `${part}${pointer}`, detail })),
  );
}

export const parseQuery = <T>(request: Request, schema: z.ZodType<T>): T => parsePart('query', request.query, schema);

/** A parameter that is there once. */
export const once = z.string({ error: 'must be given once' }).refine(isStorable, { error: UNSTORABLE, abort: true });
const wholeNumber = { error: 'must be a whole number from 1 to 100' };
/** How long a page is. */
export const limitSchema = once
  .regex(/^\d{1,3}$/, wholeNumber)
  .transform(Number)
  .pipe(z.int().min(1, wholeNumber).max(100, wholeNumber))
  .default(20);

const uuid = z.guid({ error: 'must be a UUID' }).toLowerCase();
export const jobParams = z.object({ job_id: uuid.meta({ example: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60' }) });

/**
 * A parameter of the path.
 * @throws ServiceError VALIDATION_FAILED when it is no UUID
 */
export function uuidOf(request: Request, name: 'job_id' | 'schedule_id' | 'user_id'): string {
  const { data } = uuid.safeParse(request.params[name]);
  if (data === undefined) throw validationFailed([{ pointer: `path/${name}`, detail: 'must be a UUID' }]);
  return data;
}

/** @throws ServiceError VALIDATION_FAILED when it is no UUID */
export function jobIdOf(request: Request): string {
  const jobId = uuidOf(request, 'job_id');
  contextOf(request).jobId = jobId;
  return jobId;
}

/** @see findOwnedJob */
export const ownedJob = (request: Request, deps: Pick<ApiDeps, 'jobs'>): Promise<JobRow> =>
  findOwnedJob(jobIdOf(request), principalOf(request), deps);

/** @throws ServiceError NOT_FOUND also for the job of another user or tenant: nobody learns that it exists */
export async function findOwnedJob(jobId: string, owner: UserRef, { jobs }: Pick<ApiDeps, 'jobs'>): Promise<JobRow> {
  const row = await jobs.findOwned(jobId, owner);
  if (row === null) throw new ServiceError('NOT_FOUND', `There is no export ${jobId}.`);
  return row;
}

/**
 * The id of what a request makes: of the user and their key, or a new one.
 * @param namespace never to be changed: a key would mean something else from then on
 */
export function idFor({ tenantId, userId }: UserRef, key: string | null, namespace: string): string {
  // Tenant and user have a fixed length, and no key has a line end: no two users' keys can meet.
  return key === null ? v7() : v5(`${tenantId}\n${userId}\n${key}`, namespace);
}

/** 1 to 255 visible ASCII characters; one header (Node joins several with a comma and a blank, which is not visible). */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** @throws ServiceError VALIDATION_FAILED for a key that is empty, too long or not plain */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return null;
  if (IDEMPOTENCY_KEY.test(key)) return key;
  const detail = 'must be 1 to 255 visible ASCII characters';
  throw validationFailed([{ pointer: 'header/Idempotency-Key', detail }]);
}
