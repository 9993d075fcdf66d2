import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import type { ErrorCode } from '../../shared/errors.js';
import type { Checked } from '../../shared/request/field-problems.js';
import type { ApiDeps, Caller, Scope } from '../deps.js';
import type { RequestHeader, ResponseHeader } from './headers.js';

/** Parameters of the path or of the query, by name. */
export type Fields = z.ZodObject<Readonly<Record<string, z.ZodType>>>;
export type Method = 'get' | 'post' | 'put' | 'delete';

/** The contract of a route. */
export interface Operation {
  readonly method: Method;
  /** In Express syntax: `/v1/exports/:job_id`. */
  readonly path: string;
  /** Unique: generated clients name their methods after it. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** The scope that the token needs. Absent: the route needs no token. */
  readonly scope?: Scope;
  /** The parameters of the path. */
  readonly params?: Fields;
  /** The parameters of the query. */
  readonly query?: (registry: DatasetRegistry) => Fields;
  readonly headers?: readonly RequestHeader[];
  /** Absent: the route takes none; unless it is a GET, it refuses one other than `{}`. */
  readonly body?: Body<unknown>;
  /** Maximum body size. Default: 100 KB. */
  readonly maxBodyBytes?: number;
  /** Successful responses, by status. */
  readonly answers: Readonly<Record<number, PromisedAnswer>>;
  /** Errors beyond those that every operation of this kind can return. */
  readonly problems?: readonly ErrorCode[];
}

/** A body is described and parsed by a schema or, if parsing depends on datasets, settings or the caller, by code. */
export type Body<T> = z.ZodType<T> | CheckedBody<T>;

export interface CheckedBody<T> {
  /** Describes the body for clients. Requests for exports, alone or in another body, have the same schema. */
  readonly describe: (exportRequest: z.ZodType) => z.ZodType;
  /** Called once per app; the function that it returns parses each request's body, and finds all its problems. */
  readonly createParser: (deps: ApiDeps) => (body: unknown, caller: Caller | undefined) => Promise<Checked<T>>;
}

/** Errors of operations that check a dataset's permission. */
export const PERMISSION_PROBLEMS: readonly ErrorCode[] = [
  'NOT_PERMITTED',
  'SOURCE_FORBIDDEN',
  'SOURCE_UNAVAILABLE',
  'DATASET_UNAVAILABLE',
];

/** A successful response. */
export interface PromisedAnswer {
  readonly description: string;
  readonly headers?: readonly ResponseHeader[];
  /** Absent: no body. */
  readonly schema?: z.ZodType;
  /** One or several. Default: `application/json`. */
  readonly contentType?: string | readonly string[];
  readonly example?: unknown;
  /** OpenAPI links: ids of the operations that take a field of the body as their parameter, by the field's name. */
  readonly leadsTo?: Readonly<Record<string, readonly string[]>>;
}

export const TAGS = {
  Exports: 'Create exports, follow their progress, download files',
  'Saved exports': 'Keep a request under a name, and run it again',
  Schedules: 'Run exports on a schedule',
  Webhooks: 'Deliveries, and the secret to verify them with',
  Datasets: 'What you can export',
  Users: 'For administrators of a tenant',
  Service: 'Health, metrics and this documentation',
} as const;
export type Tag = keyof typeof TAGS;

export interface Route extends Operation {
  /** Called once per app. */
  readonly createHandler: (deps: ApiDeps) => RequestHandler;
}
