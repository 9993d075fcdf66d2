import type {
  AuditOrigin,
  UserRef,
  ExportStatus,
  JobSeed,
  JobRef,
  Phase,
  NotificationEvent,
  FinishedFile,
  SegmentMode,
} from '../contract.js';

/**
 * Inputs and results of workflows and activities. Payloads carry ids, keys and small numbers; never rows or secrets.
 */

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
  /** Delays before the second and later attempts, ms; there is one more attempt than delays. */
  readonly retryDelaysMs: readonly number[];
  /** Time limit for the receiver's response, ms. */
  readonly timeoutMs: number;
  /** Time limit for a whole attempt, after which its worker counts as dead, ms. */
  readonly startToCloseMs: number;
}

/** All settings that workflows use. They travel in the input, because workflow code cannot read the environment. */
export interface Tuning {
  /** Segments of one export that run in parallel, across all workers. */
  readonly segmentsInFlight: number;
  /** The tenant's share of the database readers, relative to other tenants' weight of 1. Absent: 1. */
  readonly fairnessWeight?: number;
  /** Target output size of a segment, bytes. */
  readonly segmentBytes: number;
  readonly maxSegmentRows: number;
  readonly maxRows: number;
  readonly maxBytes: number;
  /** How long `download_url` is valid after completion, in seconds. */
  readonly urlTtlSeconds: number;
  /** Maximum duration of an export workflow, including retries and waiting. */
  readonly executionTimeoutMs: number;
  readonly control: ActivityTuning;
  readonly plan: ActivityTuning;
  readonly segment: ActivityTuning;
  readonly finish: ActivityTuning;
  readonly mail: ActivityTuning;
  readonly webhook: WebhookTuning;
  /** How often the semaphore checks for dead exports while any is active, and how long it stays alive when none is. */
  readonly reapEveryMs: number;
  readonly idleMs: number;
  /** How often a waiting export claims its slot again if no signal arrives. */
  readonly claimEveryMs: number;
}

/** The part of the tuning that a semaphore needs. */
export type SlotsTuning = Pick<Tuning, 'control' | 'reapEveryMs' | 'idleMs' | 'fairnessWeight'>;

/** Limits on an export's size, and how it is cut into segments. */
export type SizeTuning = Pick<Tuning, 'segmentBytes' | 'maxSegmentRows' | 'maxRows' | 'maxBytes'>;

export interface ExportInput {
  readonly job: JobSeed;
  /** Active exports that this user may have. */
  readonly limit: number;
  readonly tuning: Tuning;
  /** The semaphore took the slot in the same step that starts this export. */
  readonly admitted: boolean;
}

export interface AdmitRequest extends Omit<ExportInput, 'admitted'> {
  /** The request is rejected after this time (ms since 1970), because the client has already received a 503. */
  readonly notAfter: number;
  /** An export with this id has ended and left nothing behind: start another with the same id. */
  readonly again: boolean;
  /**
   * Answer as soon as the start is requested, without waiting for confirmation. Only for job ids that cannot be in use.
   */
  readonly atOnce: boolean;
}

export interface Admission {
  readonly jobId: string;
  /** False if the job already existed (a repeated request). */
  readonly started: boolean;
}

export interface ClaimRequest {
  readonly jobId: string;
  readonly limit: number;
}

/** Input of the `claimSlot` activity. Contains the whole job, because this activity inserts its row. */
export interface ClaimInput extends Omit<ExportInput, 'tuning'> {
  /** For starting the semaphore if it is not running. */
  readonly tuning: SlotsTuning;
}

/** The semaphore's state. Waiters are scheduled exports, and those that were reset or outlived an earlier semaphore. */
export interface SlotsState {
  /** `starting`: its child workflow is being started, so the check for dead exports must skip it. */
  readonly holders: Readonly<Record<string, 'starting' | 'held'>>;
  readonly waiters: readonly string[];
  /** Found dead; their rows have not been settled yet. */
  readonly unsettled: readonly string[];
}

export interface SlotsInput {
  readonly tenantId: string;
  readonly userId: string;
  readonly limit: number;
  readonly tuning: SlotsTuning;
  readonly state: SlotsState;
}

/** Result of the `progress` query: committed segments only. The API adds the heartbeats of running segments. */
export interface ExportProgress {
  readonly phase: Phase;
  readonly totalRows: number | null;
  readonly rowsCommitted: number;
  readonly segmentsDone: number;
  readonly segments: number | null;
}

/** Heartbeat of a running segment. */
export interface SegmentHeartbeat {
  readonly segment: number;
  readonly rows: number;
}

export interface ExportResult {
  readonly status: ExportStatus | 'EXPIRED';
  readonly rowCount: number | null;
  readonly fileSize: number | null;
}

/** How a job ended, for notifying its user. */
export interface EventRef extends JobRef {
  readonly event: NotificationEvent;
}

export interface NotificationInput extends EventRef {
  /** The job has a webhook. */
  readonly webhook: boolean;
  readonly tuning: Tuning;
}

/** One extra delivery of a webhook, made on request. */
export interface RedeliveryInput extends EventRef {
  readonly tuning: Tuning;
}

/** Erases a user of a tenant. */
export interface ErasureInput extends UserRef {
  /** Who wants it, for the audit log. */
  readonly origin: AuditOrigin;
  /** Identifies the erasure: its event is recorded once, however often the activity is attempted. */
  readonly erasureId: string;
}

/** Input of one sweep run. */
export interface RetentionInput {
  readonly tuning: Tuning;
  /** Pause between two sweeps, ms. */
  readonly everyMs: number;
  /** No new sweep starts after this many ms; 0: one sweep only. */
  readonly forMs: number;
}

/** Requirements on a new plan beyond the request, because the previous plan was outgrown or outdated. */
export interface PlanDemand {
  /** Replace the plan of this or an earlier generation. */
  readonly afterGeneration?: number;
  /** The minimum encoder version. */
  readonly encoderVersion?: number;
  /**
   * Replace a plan that this worker can't continue. Only before a run's first segment, such as after a reset: once
   * segments run, another worker may be able to continue it.
   */
  readonly replaceUnusable?: boolean;
  /** Leave room for segments that are much larger than the sample suggests. */
  readonly withHeadroom?: boolean;
}

/** The part of a plan that the workflow needs; bounds and SQL stay in PostgreSQL. */
export interface PlanSummary {
  readonly generation: number;
  readonly totalRows: number;
  readonly segments: number;
  /** Row count of the only segment if planning already wrote it and left the upload open; null otherwise. */
  readonly segmentRows: number | null;
}

export type OpenedUpload =
  | { readonly state: 'open' }
  /** This job's file is already complete. */
  | { readonly state: 'complete'; readonly file: FinishedFile }
  /** The upload no longer existed; a new generation has started and needs a plan. */
  | { readonly state: 'replaced' };

export type FinishAnswer =
  | { readonly state: 'done'; readonly file: FinishedFile }
  | { readonly state: 'rerun'; readonly rerun: readonly { readonly segment: number; readonly mode: SegmentMode }[] };
