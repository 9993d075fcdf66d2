import type {
  ExportStatus,
  JobSeed,
  JobRef,
  Phase,
  NotificationEvent,
  FinishedFile,
  SegmentMode,
} from '../contract.js';

/** What workflows and activities take and return. Payloads carry ids, keys and small numbers; never rows, never secrets. */

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
  /** Semaphore: how often it looks for dead exports while any is active, and how long it stays when none is. */
  readonly reapEveryMs: number;
  readonly idleMs: number;
  /** How often a waiting export asks for its slot again if no hint reaches it. */
  readonly claimEveryMs: number;
}

/** What a semaphore runs with. */
export type SlotsTuning = Pick<Tuning, 'control' | 'reapEveryMs' | 'idleMs' | 'fairnessWeight'>;

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

/** Input of one run of the sweep. */
export interface RetentionInput {
  readonly tuning: Tuning;
  /** The pause between two sweeps, ms. */
  readonly everyMs: number;
  /** No sweep starts after this many ms; 0: one sweep only. */
  readonly forMs: number;
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
