import type { Request } from 'express';
import { v5, v7 } from 'uuid';
import { z } from 'zod';
import type { UserRef } from '../../shared/contract.js';
import { referenceSchema } from '../../shared/identity/reference-schema.js';
import { userKey } from '../../shared/identity/reference.js';
import { parameterProblems, type Checked, type RequestProblem } from '../../shared/request/field-problems.js';
import type { ParameterLocation } from '../../shared/request/problem-schema.js';
import { ServiceError } from '../../shared/errors.js';
import { UNSTORABLE, isStorable } from '../../shared/text/storable-text.js';
import type { JobRow } from '../../shared/job/row.js';
import type { ApiDeps, Principal } from '../deps.js';
import { setSubject } from './context.js';
import { hasScope } from './scopes.js';

/** Parses the parts of requests. */

/** A parsed part of a request, or its problems. */
export type ParsedPart<T> = Checked<T, RequestProblem>;

/** Parses parameters. A strict schema also rejects unknown ones. */
export function parseParameters<T>(location: ParameterLocation, values: unknown, schema: z.ZodType<T>): ParsedPart<T> {
  const { data, error } = schema.safeParse(values);
  return error === undefined ? { value: data } : { problems: parameterProblems(error, location) };
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

export const uuidSchema = z.guid({ error: 'must be a UUID' }).toLowerCase();
const uuid = (example: string) => uuidSchema.meta({ example });

const MOMENT = 'must be a day, such as 2026-01-31, or a time with its offset, such as 2026-01-31T12:00:00Z';
/** A day in UTC, or a time. */
export const momentSchema = once
  .pipe(z.union([z.iso.date(), z.iso.datetime({ offset: true })], { error: MOMENT }))
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()), MOMENT);

/** Parameters of the path, for the routes that have them. */
export const jobParams = z.object({ job_id: uuid('01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60') });
export const scheduleParams = z.object({ schedule_id: uuid('01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e61') });
export const savedExportParams = z.object({ saved_export_id: uuid('01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e62') });
export const userParams = z.object({ user_id: referenceSchema.meta({ example: 'user_42' }) });

/** @throws ServiceError NOT_FOUND also for another user's or tenant's job, so that nobody learns that it exists */
export async function ownedJob(jobId: string, principal: Principal, { jobs }: Pick<ApiDeps, 'jobs'>): Promise<JobRow> {
  const row = await jobs.findOwned(jobId, principal, hasScope(principal, 'exports:admin'));
  if (row === null) throw noSuchExport(jobId);
  setSubject(row.user_ref);
  return row;
}

export const noSuchExport = (jobId: string): ServiceError =>
  new ServiceError('NOT_FOUND', `There is no export ${jobId}.`);

/**
 * The id of what a request creates: derived from the user and their idempotency key, or a new one without a key.
 * @param namespace must never change: the same key would get a different id
 */
export function idFor(user: UserRef, key: string | null, namespace: string): string {
  // Neither ids nor keys contain a newline, so two users' keys can't collide.
  return key === null ? v7() : v5(`${userKey(user)}\n${key}`, namespace);
}

/** @param what was created by the first request with the key */
export const keyReused = (what: string, id: string, details: Readonly<Record<string, string>>): ServiceError =>
  new ServiceError(
    'IDEMPOTENCY_KEY_REUSED',
    `This Idempotency-Key was already used for a different request, which created ${what} ${id}.`,
    details,
  );

/** 1 to 255 visible ASCII characters in one header: Node joins several with a comma and a space. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** @returns null without a key */
export function parseIdempotencyKey(request: Request): ParsedPart<string | null> {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return { value: null };
  if (IDEMPOTENCY_KEY.test(key)) return { value: key };
  const detail = 'must be 1 to 255 visible ASCII characters';
  return { problems: [{ parameter: 'Idempotency-Key', in: 'header', detail }] };
}
