/**
 * The types and constants that the API, the workflows and the activities share. Safe to import in workflows. Payloads
 * carry ids, keys and small numbers; never rows, never secrets.
 */

export const EXPORT_STATUSES = ['QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** `EXPIRED` means COMPLETED with an expired link or a deleted file; it is derived when a row is read. */
export const SHOWN_STATUSES = [...EXPORT_STATUSES, 'EXPIRED'] as const;

export type ShownStatus = (typeof SHOWN_STATUSES)[number];

export type Scalar = string | number | boolean;

export interface RangeFilter {
  readonly gt?: Scalar;
  readonly gte?: Scalar;
  readonly lt?: Scalar;
  readonly lte?: Scalar;
}

/** From the start of `from` to the end of the day `to`; at least one of them is set. */
export interface DayRange {
  /** A day or a time. */
  readonly from?: Scalar;
  /** A day, which is included. */
  readonly to?: Scalar;
}

/**
 * A filter value after validation against the dataset: a scalar for equals, contains and is_null, a list for one_of, a
 * list or a `DayRange` for date_range, an object for range.
 */
export type FilterValue = Scalar | readonly Scalar[] | RangeFilter | DayRange;

/** A column whose header the request sets. */
export interface RenamedColumn {
  readonly name: string;
  /** The header. */
  readonly as: string;
}

/** A requested column: its name, or its name and its header. */
export type ColumnChoice = string | RenamedColumn;

export const columnName = (choice: ColumnChoice): string => (typeof choice === 'string' ? choice : choice.name);

/** The header that the request sets for a column, if any. */
export const columnHeader = (choice: ColumnChoice): string | undefined =>
  typeof choice === 'string' ? undefined : choice.as;

/** A validated request: every default is filled in, every name is known. */
export interface ExportRequest {
  readonly type: string;
  readonly format: string;
  /** The name that its user gave it. */
  readonly name?: string;
  /** In file order, as sent. */
  readonly columns: readonly ColumnChoice[];
  readonly filters: Readonly<Record<string, FilterValue>>;
  /** A column of the dataset's `sorts`, with `-` in front for descending. Default: in the order of the key. */
  readonly sort?: string;
  readonly options: Readonly<Record<string, Scalar>>;
  readonly notify: { readonly email?: string; readonly webhook_url?: string };
}

/** A job before anything has run: the initial contents of its row. */
export interface JobSeed extends JobParties {
  readonly jobId: string;
  readonly request: ExportRequest;
  /** The schedule that it is a run of. */
  readonly scheduleId: string | null;
  /** The saved export that was run. */
  readonly savedExportId: string | null;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
  /** When the API received the request, ISO 8601. */
  readonly createdAt: string;
  /** For the audit event, which is recorded together with the row. */
  readonly origin: AuditOrigin;
}

/** Where an audited action comes from. */
export interface AuditOrigin {
  /** The user in the token; null for somebody with a link, or an operator. */
  readonly actor: string | null;
  readonly requestId: string | null;
  /** The client's IP address. */
  readonly address: string | null;
}

/** The job that an activity works on; every line that it logs has both ids. */
export interface JobRef {
  readonly jobId: string;
  readonly tenantId: string;
}

/** A user's active job, as read from the job table to initialize a semaphore. */
export interface ActiveJob {
  readonly jobId: string;
  readonly status: 'QUEUED' | 'PROCESSING';
}

export const PHASES = ['waiting', 'planning', 'exporting', 'finishing', 'publishing', 'done'] as const;

export type Phase = (typeof PHASES)[number];

export const NOTIFICATION_EVENTS = ['completed', 'failed', 'cancelled'] as const;

export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

/**
 * A user of a tenant, by the ids that the identity provider gave them. The same user id in another tenant is another
 * user.
 */
export interface UserRef {
  readonly tenantId: string;
  readonly userId: string;
}

/** The user that an export is made for, and the administrator who requested it, if that was somebody else. */
export interface JobParties extends UserRef {
  readonly requestedBy?: string;
}

/** What an erasure has deleted. */
export interface ErasureCounts {
  readonly savedExports: number;
  readonly schedules: number;
  readonly exports: number;
  /** How many of the exports had a file. */
  readonly files: number;
  /** How many of the exports were active. */
  readonly cancelled: number;
}

/** `webhook-id`: the same for every attempt to report an event, so that receivers can recognize duplicates. */
export const webhookIdOf = (jobId: string, event: NotificationEvent): string =>
  `msg_${jobId.replaceAll('-', '')}_${event}`;

/**
 * Percent of an export: a whole number, at most 99 until the object is complete. An export without rows stays at 0
 * until it ends.
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

/** A note about a file for its user, such as cells that were shortened. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  /** How many cells, characters or columns it is about; the message contains the number, too. */
  readonly count: number;
}

/** A complete object in the bucket. */
export interface FinishedFile {
  readonly fileKey: string;
  /** Rows written. */
  readonly rowCount: number;
  /** Bytes. */
  readonly fileSize: number;
  /** `crc32:` and eight hexadecimal digits. */
  readonly checksum: string;
  /** Notes about the file. */
  readonly warnings: readonly Warning[];
}

/** `held`: kept as a temporary object that the finish joins with others. */
export type SegmentMode = 'parts' | 'held';
