/** What the error table says about a code. */
interface ErrorEntry {
  /** The HTTP status. */
  readonly status: number;
  /** Whether Temporal retries. */
  readonly retryable: boolean;
  /** For users. */
  readonly title: string;
  /**
   * What users read in a response, an email or `error_message`. Absent: users read the error's own message, which must
   * then contain only the service's own words and the user's input.
   */
  readonly sentence?: string;
}

const UPDATING = "The service was being updated, so the export couldn't finish.";
const INTERRUPTED = 'The export was interrupted too often to finish.';

/**
 * Every error that a user, a client or an operator can see. A failed job has the code in `error_code`.
 *
 * An error's message is for operators: logs and Temporal show it, with the words of PostgreSQL, S3 or Node. Users read
 * the table's sentence.
 */
export const ERRORS = {
  // Errors of requests.
  VALIDATION_FAILED: { status: 400, retryable: false, title: "The request isn't valid" },
  UNAUTHENTICATED: { status: 401, retryable: false, title: 'A valid access token is required' },
  FORBIDDEN: { status: 403, retryable: false, title: "Your access token doesn't allow this" },
  NOT_PERMITTED: { status: 403, retryable: false, title: "You don't have permission to export this" },
  NOT_OWNER: { status: 403, retryable: false, title: 'Only the owner can change a saved export' },
  NOT_FOUND: { status: 404, retryable: false, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, title: 'Method not allowed' },
  NOT_ACTIVE: { status: 409, retryable: false, title: 'The export is not active' },
  STILL_ACTIVE: { status: 409, retryable: false, title: 'The export is still active' },
  NOT_READY: { status: 409, retryable: false, title: 'The export has no file' },
  EXPIRED: { status: 410, retryable: false, title: 'The link has expired' },
  FILE_DELETED: { status: 410, retryable: false, title: 'The file was deleted' },
  NO_WEBHOOK: { status: 409, retryable: false, title: 'The export has no webhook' },
  ROTATED_TOO_OFTEN: { status: 409, retryable: false, title: 'The secret was rotated too often' },
  TOO_MANY_SCHEDULES: { status: 409, retryable: false, title: 'Too many schedules' },
  TOO_MANY_SAVED_EXPORTS: { status: 409, retryable: false, title: 'Too many saved exports' },
  BODY_TOO_LARGE: { status: 413, retryable: false, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false, title: 'The body must be JSON' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, retryable: false, title: 'The Idempotency-Key was used for another request' },
  RATE_LIMITED: { status: 429, retryable: false, title: 'Too many requests' },
  TOO_MANY_ESTIMATES: { status: 429, retryable: false, title: 'Too many estimates at once' },
  TOO_MANY_PREVIEWS: { status: 429, retryable: false, title: 'Too many previews at once' },
  TOO_MANY_STREAMS: { status: 429, retryable: false, title: 'Too many open event streams' },
  TOO_MANY_EXPORTS: { status: 429, retryable: false, title: 'Too many active exports' },
  TENANT_TOO_BUSY: { status: 429, retryable: false, title: 'Your organization has too many active exports' },
  PREVIEW_TOO_SLOW: { status: 503, retryable: true, title: 'The preview took too long' },
  TEMPORARILY_UNAVAILABLE: { status: 503, retryable: true, title: 'Temporarily unavailable' },

  // Errors that end a job.
  TOO_MANY_ROWS: { status: 422, retryable: false, title: 'The export has too many rows' },
  FILE_TOO_LARGE: { status: 500, retryable: false, title: 'The file would be too large' },
  NOT_STORABLE: {
    status: 500,
    retryable: false,
    title: "The request can't be stored",
    sentence: "The request contains characters that can't be stored.",
  },
  SCHEDULE_OUTDATED: { status: 500, retryable: false, title: "The schedule's request is no longer valid" },
  DATASET_UNAVAILABLE: {
    status: 500,
    retryable: false,
    title: "The dataset definition doesn't match the database",
    sentence: "This dataset isn't set up correctly, so it can't be exported.",
  },
  KEY_NOT_UNIQUE: {
    status: 500,
    retryable: false,
    title: "The dataset's key is null or not unique",
    sentence: "This dataset isn't set up correctly: some of its rows can't be told apart.",
  },
  COMPUTE_FAILED: {
    status: 500,
    retryable: false,
    title: 'A computed column failed',
    sentence: "A computed column of this dataset couldn't be computed.",
  },
  SOURCE_FORBIDDEN: {
    status: 500,
    retryable: false,
    title: "The service isn't allowed to read this dataset",
    sentence: "The service isn't allowed to read this dataset.",
  },
  SOURCE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    title: 'The source database is unavailable',
    sentence: 'The database that holds this data is unavailable.',
  },
  JOB_STORE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    title: 'The job database is unavailable',
    sentence: "The service's own database is unavailable.",
  },
  STORAGE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    title: 'The file storage is unavailable',
    sentence: 'The file storage is unavailable.',
  },
  STORAGE_REFUSED: {
    status: 500,
    retryable: false,
    title: 'The file storage rejected the file',
    sentence: "The file storage didn't accept the file.",
  },
  MAIL_UNAVAILABLE: {
    status: 503,
    retryable: true,
    title: 'The mail provider is unavailable',
    sentence: "The email couldn't be sent yet.",
  },
  MAIL_REFUSED: {
    status: 500,
    retryable: false,
    title: 'The mail provider rejected the email',
    sentence: "The email couldn't be sent.",
  },
  WEBHOOK_UNAVAILABLE: { status: 503, retryable: true, title: "The webhook receiver didn't accept the message" },
  WEBHOOK_REFUSED: { status: 500, retryable: false, title: 'The webhook address is not allowed' },
  TERMINATED: {
    status: 500,
    retryable: false,
    title: 'The export was terminated by an operator',
    sentence: 'The export was terminated by an operator.',
  },
  TIMED_OUT: {
    status: 500,
    retryable: false,
    title: 'The export took too long',
    sentence: 'The export took too long.',
  },
  INTERNAL: {
    status: 500,
    retryable: true,
    title: 'Something went wrong',
    sentence: 'Something went wrong on our side.',
  },

  // Errors that activities use to steer an export. The workflow or a retry handles them; users read one only if it ends
  // the export.
  SLOT_LOST: {
    status: 500,
    retryable: false,
    title: 'The export no longer holds its slot',
    sentence: INTERRUPTED,
  },
  UPLOAD_LOST: {
    status: 500,
    retryable: false,
    title: 'The multipart upload is gone',
    sentence: 'The file storage lost the unfinished file.',
  },
  PLAN_OUTDATED: {
    status: 500,
    retryable: false,
    title: 'The plan was made by an older encoder',
    sentence: UPDATING,
  },
  PLAN_OUTGROWN: {
    status: 500,
    retryable: false,
    title: 'A segment outgrew its plan',
    sentence: 'Some rows are too large for this file.',
  },
  WORKER_OUTDATED: {
    status: 500,
    retryable: true,
    title: "The worker's version, fonts, logo or mask key don't match the plan",
    sentence: UPDATING,
  },
  SUPERSEDED: {
    status: 500,
    retryable: true,
    title: 'A later attempt took over',
    sentence: INTERRUPTED,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** The sentence that users read for a code; undefined if the errors' own messages are written for users. */
export function sentenceOf(code: ErrorCode): string | undefined {
  const { sentence }: ErrorEntry = ERRORS[code];
  return sentence;
}

/** An error from the error table. `details` are JSON values for the client or operators: no secrets, no rows. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** What users read: the service's own words, without the names of hosts, tables or third-party software. */
  readonly forUser: string;

  /**
   * @param message for operators; for users, too, where the table has no sentence for the code
   * @param options `forUser`: a sentence that says more than the table's
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options: ErrorOptions & { readonly forUser?: string } = {},
  ) {
    super(message, options);
    this.forUser = options.forUser ?? sentenceOf(code) ?? message;
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
