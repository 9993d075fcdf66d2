import type { Tuning } from '../shared/temporal/inputs.js';
import type { DatasetRegistry } from '../shared/datasets/index.js';
import type { FormatResources } from '../shared/formats/encoding.js';
import type { BufferPool } from '../shared/store/buffer-pool.js';
import type { AuditStore } from '../shared/audit/store.js';
import type { ErasedIds } from '../shared/job/erased-ids.js';
import type { JobStore } from '../shared/job/store.js';
import type { MailStore } from '../shared/mails/store.js';
import type { Mailer } from '../shared/mails/mailer.js';
import type { ObjectStore } from '../shared/store/object-store.js';
import type { SavedExportStore } from '../shared/saved-exports/store.js';
import type { Places } from '../shared/job/places.js';
import type { PlanStore } from '../shared/job/plan-store.js';
import type { Source } from '../shared/source/source.js';
import type { SendWebhook } from '../shared/webhooks/sender.js';
import type { WebhookStore } from '../shared/webhooks/store.js';
import type { RecipientRule } from '../shared/mails/recipient.js';
import type { AddressRule } from '../shared/network/address-rule.js';
import type { WorkerMetrics } from '../shared/process/worker-metrics.js';
import type { TenantWeights } from '../shared/temporal/tenant-weights.js';
import type { TemporalClient } from '../shared/temporal/client.js';

/** The dependencies of activities. The worker's `main.ts` opens and closes them. */
export interface ActivityDeps {
  readonly jobs: JobStore;
  readonly erasedIds: ErasedIds;
  readonly plans: PlanStore;
  readonly places: Places;
  readonly savedExports: SavedExportStore;
  readonly source: Source;
  readonly store: ObjectStore;
  readonly temporal: TemporalClient;
  readonly registry: DatasetRegistry;
  readonly metrics: WorkerMetrics;
  readonly buffers: BufferPool;
  readonly formatResources: FormatResources;
  /** Recorded in archives as the version of the program that made them. */
  readonly serviceVersion: string;
  /** Null if no mail provider is configured. */
  readonly mailer: Mailer | null;
  readonly audit: AuditStore;
  readonly mails: MailStore;
  readonly webhooks: WebhookStore;
  readonly sendWebhook: SendWebhook;
  /** Every tenant's webhook secret is derived from this key. */
  readonly webhookKey: string;
  readonly publicUrl: string;
  readonly linkSecret: string;
  /** Which addresses a request may send email to. */
  readonly recipientRule: RecipientRule;
  /** Which addresses a webhook may use. */
  readonly webhookRule: AddressRule;
  /** How many exports a user may have active, and the settings of exports that a schedule starts. */
  readonly limit: number;
  /** How many exports of a tenant may run at the same time; undefined means no limit. */
  readonly tenantLimit?: number | undefined;
  readonly tuning: Tuning;
  readonly weights: TenantWeights;
  /** How long uploads and temporary objects of failed exports are kept, ms. */
  readonly retryWindowMs: number;
  /** How long rows of ended exports are kept, ms. */
  readonly jobTtlMs: number;
  /** How long events of the audit log are kept, ms. */
  readonly auditTtlMs: number;
}
