/**
 * Every error that a user, a client or an operator can meet: one table, three readings.
 * `status` is what the API answers, `retryable` is what Temporal does with it, and the code is what
 * a failed job says in `error_code`. The sentence is made where the error is thrown.
 */
export const ERRORS = {
  // At the door.
  VALIDATION_FAILED: { status: 400, retryable: false, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, retryable: false, title: 'A valid bearer token is needed' },
  FORBIDDEN: { status: 403, retryable: false, title: 'The token does not allow this' },
  NOT_PERMITTED: { status: 403, retryable: false, title: 'The dataset may not be exported by this user' },
  NOT_FOUND: { status: 404, retryable: false, title: 'There is no such thing, or it is not yours' },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, title: 'This address does not take that method' },
  NOT_ACTIVE: { status: 409, retryable: false, title: 'The export is not active' },
  STILL_ACTIVE: { status: 409, retryable: false, title: 'The export is still active' },
  NOT_READY: { status: 409, retryable: false, title: 'The export has no file' },
  EXPIRED: { status: 410, retryable: false, title: 'The link has expired' },
  NO_WEBHOOK: { status: 409, retryable: false, title: 'The export has no webhook' },
  ROTATED_TOO_OFTEN: { status: 409, retryable: false, title: 'The secret was rotated too often' },
  TOO_MANY_SCHEDULES: { status: 409, retryable: false, title: 'Too many schedules' },
  BODY_TOO_LARGE: { status: 413, retryable: false, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false, title: 'The body must be JSON' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, retryable: false, title: 'The Idempotency-Key belongs to another request' },
  RATE_LIMITED: { status: 429, retryable: false, title: 'Too many requests' },
  TOO_MANY_STREAMS: { status: 429, retryable: false, title: 'Too many open event streams' },
  TOO_MANY_EXPORTS: { status: 429, retryable: false, title: 'Too many active exports' },
  TENANT_TOO_BUSY: { status: 429, retryable: false, title: 'Too many active exports of the tenant' },
  TEMPORARILY_UNAVAILABLE: { status: 503, retryable: true, title: 'The service cannot take this now' },

  // What ends a job.
  TOO_MANY_ROWS: { status: 422, retryable: false, title: 'The export has more rows than is allowed' },
  FILE_TOO_LARGE: { status: 500, retryable: false, title: 'The file would be larger than is allowed' },
  SCHEDULE_OUTDATED: { status: 500, retryable: false, title: 'The request of the schedule is no longer valid' },
  DATASET_UNAVAILABLE: { status: 500, retryable: false, title: 'The dataset does not fit its database' },
  KEY_NOT_UNIQUE: { status: 500, retryable: false, title: 'The key of the dataset is not unique or is null' },
  COMPUTE_FAILED: { status: 500, retryable: false, title: 'A computed column cannot be computed' },
  SOURCE_UNAVAILABLE: { status: 503, retryable: true, title: 'The source database does not answer' },
  JOB_STORE_UNAVAILABLE: { status: 503, retryable: true, title: 'The job database does not answer' },
  STORAGE_UNAVAILABLE: { status: 503, retryable: true, title: 'The file storage does not answer' },
  STORAGE_REFUSED: { status: 500, retryable: false, title: 'The file storage refused the file' },
  MAIL_UNAVAILABLE: { status: 503, retryable: true, title: 'The mail provider does not answer' },
  MAIL_REFUSED: { status: 500, retryable: false, title: 'The mail provider refused the mail' },
  WEBHOOK_UNAVAILABLE: { status: 503, retryable: true, title: 'The receiver of the webhook does not take it' },
  WEBHOOK_REFUSED: { status: 500, retryable: false, title: 'The webhook may not be sent to its address' },
  TERMINATED: { status: 500, retryable: false, title: 'The export was terminated by an operator' },
  TIMED_OUT: { status: 500, retryable: false, title: 'The export took longer than it may' },
  INTERNAL: { status: 500, retryable: true, title: 'Something went wrong inside' },

  // Signals between activities and the export: the workflow reacts to them, users never see them.
  SLOT_LOST: { status: 500, retryable: false, title: 'The export no longer holds its slot' },
  UPLOAD_LOST: { status: 500, retryable: false, title: 'The multipart upload is gone' },
  PLAN_OUTDATED: { status: 500, retryable: false, title: 'The plan was made by an older encoder' },
  PLAN_OUTGROWN: { status: 500, retryable: false, title: 'A segment outgrew its plan' },
  WORKER_OUTDATED: { status: 500, retryable: true, title: 'The plan was made by a newer encoder' },
  SUPERSEDED: { status: 500, retryable: true, title: 'A later attempt took over' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error from the table. `details` are JSON values for the client or the operator: no secrets, no rows. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function isErrorCode(code: string | null | undefined): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

/** The message of anything that was thrown. Node's AggregateError (a refused connection) has none of its own. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
