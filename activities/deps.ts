import type { Tuning } from '../shared/temporal/inputs.js';
import type { DatasetRegistry } from '../shared/datasets/index.js';
import type { FormatResources } from '../shared/formats/encoding.js';
import type { BufferPool } from '../shared/store/buffer-pool.js';
import type { JobStore } from '../shared/job/store.js';
import type { MailStore } from '../shared/mails/store.js';
import type { Mailer } from '../shared/mails/mailer.js';
import type { ObjectStore } from '../shared/store/object-store.js';
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

/** What activities work with: opened once by the worker's `main.ts`, and closed there. */
export interface ActivityDeps {
  readonly jobs: JobStore;
  readonly plans: PlanStore;
  readonly places: Places;
  readonly source: Source;
  readonly store: ObjectStore;
  readonly temporal: TemporalClient;
  readonly registry: DatasetRegistry;
  readonly metrics: WorkerMetrics;
  readonly buffers: BufferPool;
  readonly formatResources: FormatResources;
  /** Files that say what made them name it. */
  readonly serviceVersion: string;
  /** Null: no mail provider is configured. */
  readonly mailer: Mailer | null;
  readonly mails: MailStore;
  readonly webhooks: WebhookStore;
  readonly sendWebhook: SendWebhook;
  /** What every tenant's webhook secret is derived from. */
  readonly webhookKey: string;
  readonly publicUrl: string;
  readonly linkSecret: string;
  /** Which addresses a request may send email to. */
  readonly recipientRule: RecipientRule;
  /** Which addresses a webhook may name. */
  readonly webhookRule: AddressRule;
  /** Active exports that a user may have, and what exports that a schedule starts are given. */
  readonly limit: number;
  /** Exports of a tenant that may run at the same time. None: no limit. */
  readonly tenantLimit?: number | undefined;
  readonly tuning: Tuning;
  readonly weights: TenantWeights;
  /** How long uploads and temporary objects of failed exports are kept, ms. */
  readonly retryWindowMs: number;
  /** How long rows of ended exports are kept, ms. */
  readonly jobTtlMs: number;
}
