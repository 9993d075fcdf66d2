import type { RequestHandler } from 'express';
import type { Tuning } from '../shared/temporal/inputs.js';
import type { DatasetRegistry } from '../shared/datasets/index.js';
import type { AuditStore } from '../shared/audit/store.js';
import type { ErasedIds } from '../shared/job/erased-ids.js';
import type { JobStore } from '../shared/job/store.js';
import type { Logger } from '../shared/process/logger.js';
import type { ObjectStore } from '../shared/store/object-store.js';
import type { SavedExportStore } from '../shared/saved-exports/store.js';
import type { Places } from '../shared/job/places.js';
import type { ScheduleStore } from '../shared/schedules/store.js';
import type { Source } from '../shared/source/source.js';
import type { MailStore } from '../shared/mails/store.js';
import type { WebhookStore } from '../shared/webhooks/store.js';
import type { RecipientRule } from '../shared/mails/recipient.js';
import type { RequestSchema } from '../shared/request/request-schema.js';
import type { Scrape } from '../shared/process/metrics-server.js';
import type { TenantWeights } from '../shared/temporal/tenant-weights.js';
import type { TemporalClient } from '../shared/temporal/client.js';
import type { CatalogDecimals } from './exports/catalog-decimals.js';
import type { TimeZones } from './exports/time-zones.js';
import type { ApiMetrics } from './health/metrics.js';
import type { Permissions } from './access/permissions.js';
import type { Turns } from './limits/turns.js';
import type { Readiness } from './health/readiness.js';

export const SCOPES = ['exports:read', 'exports:write', 'exports:admin', 'operator:decode'] as const;
export type Scope = (typeof SCOPES)[number];

/** The user and tenant of a token. */
export interface Principal {
  readonly userId: string;
  readonly tenantId: string;
  readonly email?: string;
  /** What the token allows. Absent: reading and writing the user's own exports. */
  readonly scopes?: readonly string[];
}

/** The caller, from the token. */
export interface Caller extends Principal {
  /** The token's `exp`: Unix time in seconds. */
  readonly expiresAt: number;
}

/**
 * @throws ServiceError UNAUTHENTICATED for an invalid token, TEMPORARILY_UNAVAILABLE when the keys to verify it can't
 * be fetched
 */
export type VerifyToken = (token: string) => Promise<Caller>;

export interface ApiSettings {
  /** Base URL under which clients reach this service. */
  readonly publicUrl: string;
  readonly linkSecret: string;
  /** Every tenant's webhook secret is derived from it. */
  readonly webhookKey: string;
  /** Which addresses a request may send email to. */
  readonly recipientRule: RecipientRule;
  /** Active exports that a user may have. */
  readonly limit: number;
  /** Active exports that a tenant may have. Absent: no limit. */
  readonly tenantLimit?: number | undefined;
  /** Tenants' shares of the database readers; 1 for unlisted tenants. */
  readonly weights?: TenantWeights;
  /** Schedules that a user may have. */
  readonly maxSchedules: number;
  /** The shortest time between two runs of a schedule, seconds. */
  readonly minScheduleSeconds: number;
  /** Included in the input of every workflow that is started here. */
  readonly tuning: Tuning;
  /** Requests per minute. Absent: no limit. */
  readonly rateLimits?: { readonly user?: number | undefined; readonly tenant?: number | undefined };
  /** Origins whose pages may call the service; `*` allows any. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Express's `trust proxy`. Default: no proxy is trusted. */
  readonly trustProxy?: boolean | number | string[];
  /** Event streams that a user may have open in this process. */
  readonly maxEventStreams: number;
  /** The folder of the built web page. Absent: `GET /` is a 404. */
  readonly pageFolder?: string;
  /** How long a POST waits to be admitted, in ms. Default 5000. */
  readonly admissionDeadlineMs?: number;
  /** How long a request waits for its erasure to finish before it responds 202, in ms. Default 20,000. */
  readonly erasureAnswerMs?: number;
}

/** Opened once by `main.ts`, or by a test; the API closes none of it. */
export interface ApiDeps {
  readonly jobs: JobStore;
  /** The database to export from; the API counts its rows. */
  readonly source: Source;
  /** The same database, for previews. */
  readonly previewSource: Source;
  readonly permissions: Permissions;
  readonly timeZones: TimeZones;
  readonly catalogDecimals: CatalogDecimals;
  readonly store: ObjectStore;
  readonly schedules: ScheduleStore;
  readonly places: Places;
  readonly erasedIds: ErasedIds;
  readonly savedExports: SavedExportStore;
  /** Limits each tenant's concurrent admissions. */
  readonly admissions: Turns;
  readonly audit: AuditStore;
  readonly mails: MailStore;
  readonly webhooks: WebhookStore;
  readonly temporal: TemporalClient;
  readonly registry: DatasetRegistry;
  /** What a request may contain: the datasets of the registry, and the addresses that a webhook may have. */
  readonly requestSchema: RequestSchema;
  readonly verifyToken: VerifyToken;
  readonly logger: Logger;
  readonly metrics: ApiMetrics;
  /** Returns the response to `/metrics`. Undefined: metrics are served on a separate port. */
  readonly scrape: Scrape | undefined;
  /** Default: requests aren't traced. */
  readonly traceRequests?: RequestHandler | undefined;
  readonly settings: ApiSettings;
  readonly readiness: Readiness;
  /** Aborted when the process is about to stop, to end event streams. */
  readonly stopping: AbortSignal;
}
