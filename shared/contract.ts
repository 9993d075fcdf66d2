/**
 * What the API, the workflows and the activities say to each other. Workflow-safe: types and constants only.
 * Payloads carry ids, keys and small numbers; never rows, never secrets.
 */

export const EXPORT_STATUSES = ['QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** `EXPIRED` is COMPLETED past its time or with its file deleted; it is derived when a row is read. */
export const SHOWN_STATUSES = [...EXPORT_STATUSES, 'EXPIRED'] as const;
export type ShownStatus = (typeof SHOWN_STATUSES)[number];

/** Workflows and short activities. */
export const CONTROL_QUEUE = 'export-control';
/** Plan, segments, finish: what reads the source database and writes parts. */
export const DATA_QUEUE = 'export-data';
/** Mails. */
export const MAIL_QUEUE = 'export-mail';
/** Webhook deliveries, on their own queue: receivers decide how long they take, and nothing else may wait for them. */
export const WEBHOOK_QUEUE = 'export-webhooks';

export type Scalar = string | number | boolean;
export interface RangeFilter {
  readonly gt?: Scalar;
  readonly gte?: Scalar;
  readonly lt?: Scalar;
  readonly lte?: Scalar;
}
/** A filter value after validation against the dataset: equals, one_of or date_range, range. */
export type FilterValue = Scalar | readonly Scalar[] | RangeFilter;

/** A request that has passed the door: every default is filled in, every name is known. */
export interface ExportRequest {
  readonly type: string;
  readonly format: string;
  readonly columns: readonly string[];
  readonly filters: Readonly<Record<string, FilterValue>>;
  readonly options: Readonly<Record<string, Scalar>>;
  readonly notify: { readonly email?: string; readonly webhook_url?: string };
}

/** The user's part of a job: what its row is made of before anything has run. */
export interface JobSeed {
  readonly jobId: string;
  readonly userId: string;
  readonly tenantId: string;
  readonly request: ExportRequest;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
  /** When the API took the request, ISO 8601. */
  readonly createdAt: string;
}

/** Which job an activity is about; both are on every line that it logs. */
export interface JobRef {
  readonly jobId: string;
  readonly tenantId: string;
}

/** Retry and time limits of one kind of activity; times in milliseconds. */
export interface ActivityTuning {
  readonly maximumAttempts: number;
  readonly initialIntervalMs: number;
  readonly maximumIntervalMs: number;
  readonly startToCloseMs: number;
  /** 0: the activity does not heartbeat. */
  readonly heartbeatMs: number;
}

export interface WebhookTuning {
  /** Pauses before the second attempt, the third and so on, ms; there is one attempt more than these. */
  readonly retryDelaysMs: readonly number[];
  /** How long the receiver may take to answer, ms. */
  readonly timeoutMs: number;
  /** How long an attempt may take in all; after that its worker counts as dead, ms. */
  readonly startToCloseMs: number;
}

/** Everything that a workflow may vary. It travels in the input: workflow code cannot read the environment. */
export interface Tuning {
  /** Segments of one export that run at the same time, over all workers. */
  readonly segmentsInFlight: number;
  /** The tenant's share of the database readers beside others' of 1. Absent: 1. */
  readonly fairnessWeight?: number;
  /** Bytes of output that a segment is planned to yield. */
  readonly segmentBytes: number;
  readonly maxSegmentRows: number;
  readonly maxRows: number;
  readonly maxBytes: number;
  /** How long `download_url` is valid after completion, in seconds. */
  readonly urlTtlSeconds: number;
  /** Longest life of one export workflow, retries and waiting included. */
  readonly executionTimeoutMs: number;
  readonly control: ActivityTuning;
  readonly plan: ActivityTuning;
  readonly segment: ActivityTuning;
  readonly finish: ActivityTuning;
  readonly mail: ActivityTuning;
  readonly webhook: WebhookTuning;
  /** Semaphore: how often it looks for dead exports while there are any, and how long it stays when there are none. */
  readonly lookEveryMs: number;
  readonly idleMs: number;
  /** How often a waiting export asks for its slot again if no hint reaches it. */
  readonly claimEveryMs: number;
}

/** What a semaphore runs with. */
export type SlotsTuning = Pick<Tuning, 'control' | 'lookEveryMs' | 'idleMs' | 'fairnessWeight'>;

/** How large an export may be, and how its segments are cut. */
export type SizeTuning = Pick<Tuning, 'segmentBytes' | 'maxSegmentRows' | 'maxRows' | 'maxBytes'>;

export interface ExportInput {
  readonly job: JobSeed;
  /** Active exports that this user may have. */
  readonly limit: number;
  readonly tuning: Tuning;
  /** The semaphore has taken the slot in the step that starts this export. */
  readonly admitted: boolean;
}

export interface AdmitRequest extends Omit<ExportInput, 'admitted'> {
  /** Refused after this moment (ms since 1970): the client has been told 503 by then. */
  readonly notAfter: number;
  /** An export of this id has ended, and nothing is left of it: start another with the same id. */
  readonly again: boolean;
  /** Answer when the start is ordered, not when it is confirmed: for a job id that nobody else can have used. */
  readonly atOnce: boolean;
}

export interface Admission {
  readonly jobId: string;
  /** False when the job was known already (a repeated request). */
  readonly started: boolean;
}

export interface ClaimRequest {
  readonly jobId: string;
  readonly limit: number;
}

/** Input of the `claimSlot` activity. The job comes whole, because this activity inserts its row. */
export interface ClaimInput extends Omit<ExportInput, 'tuning'> {
  /** For a semaphore that has to be started. */
  readonly tuning: SlotsTuning;
}

/** A user's active job as the job table has it; the first state of a semaphore. */
export interface ActiveJob {
  readonly jobId: string;
  readonly status: 'QUEUED' | 'PROCESSING';
}

/** What a semaphore knows. A waiter is an export that has been reset after its end, or that outlived its semaphore. */
export interface SlotsState {
  /** `starting`: its child is being started, so that a look must pass over it. */
  readonly holders: Readonly<Record<string, 'starting' | 'held'>>;
  readonly waiters: readonly string[];
  /** Found dead; their rows are still to be settled. */
  readonly unsettled: readonly string[];
}

export interface SlotsInput {
  readonly tenantId: string;
  readonly userId: string;
  readonly limit: number;
  readonly tuning: SlotsTuning;
  readonly state: SlotsState;
}

export const PHASES = ['waiting', 'planning', 'exporting', 'finishing', 'publishing', 'done'] as const;
export type Phase = (typeof PHASES)[number];

/** Answer of the `progress` query: committed segments only, what is running adds its heartbeats in the API. */
export interface ExportProgress {
  readonly phase: Phase;
  readonly totalRows: number | null;
  readonly rowsCommitted: number;
  readonly segmentsDone: number;
  readonly segments: number | null;
}

/** What a running segment heartbeats. */
export interface SegmentHeartbeat {
  readonly segment: number;
  readonly rows: number;
}

export interface ExportResult {
  readonly status: ExportStatus | 'EXPIRED';
  readonly rowCount: number | null;
  readonly fileSize: number | null;
}

export const NOTIFICATION_EVENTS = ['completed', 'failed', 'cancelled'] as const;
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

/** How a job ended, which its user is to be told. */
export interface EventRef extends JobRef {
  readonly event: NotificationEvent;
}

export interface NotificationInput extends EventRef {
  /** The job has a webhook. */
  readonly webhook: boolean;
  readonly tuning: Tuning;
}

/** One more delivery of a webhook, because somebody asked for it. */
export interface RedeliveryInput extends EventRef {
  readonly tuning: Tuning;
}

/** A user of a tenant: the same id in another tenant is somebody else. */
export interface UserRef {
  readonly tenantId: string;
  readonly userId: string;
}

/** What an erasure has found. */
export interface ErasureCounts {
  readonly schedules: number;
  readonly exports: number;
  /** Of the exports, those that had a file. */
  readonly files: number;
  /** Of the exports, those that were active. */
  readonly cancelled: number;
}

/** Input of one run of the sweep. */
export interface RetentionInput {
  readonly tuning: Tuning;
  /** The pause between two sweeps, ms. */
  readonly everyMs: number;
  /** No sweep starts after this many ms; 0: one sweep only. */
  readonly forMs: number;
}

export const exportWorkflowId = (jobId: string): string => `export/${jobId}`;
export const slotsWorkflowId = (tenantId: string, userId: string): string => `export-slots/${tenantId}/${userId}`;
export const notificationWorkflowId = (jobId: string, event: NotificationEvent): string =>
  `notification/${jobId}/${event}`;
export const erasureWorkflowId = ({ tenantId, userId }: UserRef): string => `erasure/${tenantId}/${userId}`;
export const redeliveryWorkflowId = (jobId: string): string => `redelivery/${jobId}`;
/** The job that a workflow is about; null where it is about none, or about several. */
export function jobIdOfWorkflow(workflowId: string): string | null {
  const [kind = '', jobId] = workflowId.split('/');
  return ['export', 'notification', 'redelivery'].includes(kind) ? (jobId ?? null) : null;
}
/** `webhook-id`: the same for every attempt to tell of one event, so that a receiver knows it again. */
export const webhookIdOf = (jobId: string, event: NotificationEvent): string =>
  `msg_${jobId.replaceAll('-', '')}_${event}`;

/** Where the file of a job is kept in the bucket. */
export const fileKey = (userId: string, jobId: string, extension: string): string =>
  `exports/${userId}/${jobId}.${extension}`;
/** Where held pieces of a job are kept until its file is complete. */
export const temporaryPrefix = (jobId: string): string => `tmp/${jobId}/`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Whose file or held piece is kept under a key; null for a key that is not one of ours. */
export function jobIdOfKey(key: string): string | null {
  const [kind, first = '', second = ''] = key.split('/');
  if (kind !== 'tmp' && kind !== 'exports') return null;
  const jobId = kind === 'tmp' ? first : second.slice(0, second.indexOf('.'));
  return UUID.test(jobId) ? jobId : null;
}

/**
 * Percent of an export: whole, at most 99 until the object is complete.
 * An export of no rows has nothing to show before its end.
 */
export function percentOf(rows: number, totalRows: number | null): number {
  if (totalRows === null || totalRows === 0) return 0;
  return Math.max(0, Math.min(99, Math.floor((rows / totalRows) * 100)));
}

/** Why an export failed, for its user: a code of the error table and a sentence. */
export interface JobFailure {
  readonly code: string;
  readonly message: string;
}

/** Something that a file could not keep, for its user. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  /** How often. */
  readonly count: number;
}

/** A complete object in the bucket. */
export interface FinishedFile {
  readonly fileKey: string;
  /** Rows that were written. */
  readonly rowCount: number;
  /** Bytes. */
  readonly fileSize: number;
  /** `crc32:` and eight hexadecimal digits. */
  readonly checksum: string;
  /** What the file could not keep. */
  readonly warnings: readonly Warning[];
}

/** What a plan must fulfil beyond the request; the answer to a segment that the last one did not fit. */
export interface PlanDemand {
  /** Replace the plan of this generation or of an earlier one. */
  readonly afterGeneration?: number;
  /** The least version of the encoder. */
  readonly encoderVersion?: number;
  /** Leave room for segments that are much larger than the sample suggests. */
  readonly withHeadroom?: boolean;
}

/** What the workflow needs to know of a plan; bounds and SQL stay in PostgreSQL. */
export interface PlanSummary {
  readonly generation: number;
  readonly totalRows: number;
  readonly segments: number;
  /** Rows of the only segment if the plan has written it, with the upload open; null otherwise. */
  readonly segmentRows: number | null;
}

export type OpenedUpload =
  | { readonly state: 'open' }
  /** The file of this job is complete already. */
  | { readonly state: 'complete'; readonly file: FinishedFile }
  /** The upload was dead; a new generation has begun and wants a plan. */
  | { readonly state: 'replaced' };

export type FinishAnswer =
  | { readonly state: 'done'; readonly file: FinishedFile }
  | { readonly state: 'rerun'; readonly rerun: readonly { readonly segment: number; readonly mode: SegmentMode }[] };

/** `held`: kept as a temporary object, to be joined by the finish. */
export type SegmentMode = 'parts' | 'held';
