import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import type { ErrorCode } from '../../shared/errors.js';
import type { ApiDeps, Scope } from '../deps.js';
import type { RequestHeader, ResponseHeader } from './headers.js';

/** Parameters of the path or of the query, by name. */
export type Fields = z.ZodObject<Readonly<Record<string, z.ZodType>>>;
export type Method = 'get' | 'post' | 'put' | 'delete';

/** What a route promises. */
export interface Operation {
  readonly method: Method;
  /** As Express writes it: `/v1/exports/:job_id`. */
  readonly path: string;
  /** Unique: generated clients name their methods by it. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** What the token must allow. None: no token is asked for. */
  readonly scope?: Scope;
  /** The parameters of the path. */
  readonly params?: Fields;
  /** The parameters of the query. */
  readonly query?: (registry: DatasetRegistry) => Fields;
  readonly headers?: readonly RequestHeader[];
  /** The schema of its body. None: it takes none. */
  readonly takes?: BodyName;
  /** Of its body. Default: 100 KB. */
  readonly maxBodyBytes?: number;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Beside those that every operation of its kind may meet. */
  readonly problems?: readonly ErrorCode[];
}

export type BodyName = 'ExportRequest' | 'ScheduleRequest' | 'TemporalPayloads';

/** Of what asks for a dataset's permission. */
export const PERMISSION_PROBLEMS: readonly ErrorCode[] = [
  'NOT_PERMITTED',
  'SOURCE_FORBIDDEN',
  'SOURCE_UNAVAILABLE',
  'DATASET_UNAVAILABLE',
];

/** An answer that is no problem. */
export interface Answer {
  readonly description: string;
  readonly headers?: readonly ResponseHeader[];
  /** None: no body. */
  readonly schema?: z.ZodType;
  /** Default: `application/json`. */
  readonly contentType?: string;
  readonly example?: unknown;
  /** Operations that a field of the answer leads to: name of the field to ids of operations. */
  readonly leadsTo?: Readonly<Record<string, readonly string[]>>;
}

export const TAGS = {
  Exports: 'Ask for files, watch them being made, fetch them',
  Schedules: 'Exports that come again and again',
  Webhooks: 'What became of them, and what they are verified with',
  Datasets: 'What can be asked for',
  Users: 'For whoever administers a tenant',
  Service: 'Health, and this contract',
} as const;
export type Tag = keyof typeof TAGS;

export interface Route extends Operation {
  /** Called once for each app. */
  readonly createHandler: (deps: ApiDeps) => RequestHandler;
}

export type Described = Omit<Operation, 'method' | 'path'>;
