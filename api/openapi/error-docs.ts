import escapeHtml from 'escape-html';
import { createHash } from 'node:crypto';
import { ERRORS, isErrorCode, type ErrorCode } from '../../shared/errors.js';

/** What the author of a client should do about each error. The service serves it, and docs/errors.md has it, too. */
export const ADVICE: Readonly<Record<ErrorCode, string>> = {
  VALIDATION_FAILED: 'Correct the fields and parameters in `errors`, which lists at most 20.',
  UNAUTHENTICATED: 'Get a new access token. `WWW-Authenticate` says what is wrong with the one you sent.',
  FORBIDDEN: 'Use a token with the scope in `needed_scope`.',
  NOT_PERMITTED:
    'Ask your administrator for access to the dataset or its columns. The token is fine; its user lacks access.',
  NOT_OWNER: "Ask the saved export's owner to change it, or save your own.",
  NOT_FOUND: 'Check the address and the id. Anything that belongs to another user also returns this error.',
  METHOD_NOT_ALLOWED: 'Use one of the methods in `Allow`.',
  NOT_ACTIVE: 'Nothing to do: the export has already ended.',
  STILL_ACTIVE: 'Wait until the export has ended, or cancel it first.',
  NOT_READY: 'Wait until `status` is COMPLETED. An export that failed or was canceled never has a file.',
  EXPIRED: 'Create the export again.',
  FILE_DELETED: 'Create the export again.',
  NO_WEBHOOK: 'Create the export with `notify.webhook_url`.',
  ROTATED_TOO_OFTEN: 'Wait until the oldest secret has expired, then rotate again.',
  TOO_MANY_SCHEDULES: "Delete a schedule that you don't need.",
  TOO_MANY_SAVED_EXPORTS: "Delete a saved export that you don't need.",
  BODY_TOO_LARGE: 'Send a smaller body, for example fewer filter values.',
  UNSUPPORTED_MEDIA_TYPE: 'Send UTF-8 JSON with `Content-Type: application/json`.',
  IDEMPOTENCY_KEY_REUSED: 'Use a new key for each request. The same key is only for repeating the same request.',
  RATE_LIMITED: 'Wait as long as `Retry-After` says, and send requests less often.',
  TOO_MANY_ESTIMATES: 'Wait for the previous estimate before you request another.',
  TOO_MANY_PREVIEWS: 'Wait for the previous preview before you request another.',
  TOO_MANY_STREAMS: 'Close an event stream, or poll the export instead.',
  TOO_MANY_EXPORTS: 'Wait until one of `active_job_ids` has ended, or cancel one.',
  TENANT_TOO_BUSY: 'Try again as soon as an export of your organization has ended.',
  PREVIEW_TOO_SLOW: 'Create the export without a preview, or set another filter. Exports have more time.',
  TEMPORARILY_UNAVAILABLE: 'Repeat the request, with the same `Idempotency-Key` if it creates something.',
  TOO_MANY_ROWS: 'Set a filter, or choose a format that holds more rows.',
  FILE_TOO_LARGE: 'Choose fewer columns, set a filter, or compress the file.',
  NOT_STORABLE: 'Remove NUL characters and halves of surrogate pairs from the request.',
  SCHEDULE_OUTDATED:
    'Replace the schedule: a column, filter or option that it uses no longer exists, or its saved export was deleted or is no longer shared.',
  DATASET_UNAVAILABLE: 'Tell your administrator: the definition of the dataset has to be corrected.',
  KEY_NOT_UNIQUE: 'Tell your administrator: the key of the dataset has to be corrected.',
  COMPUTE_FAILED: 'Tell your administrator, or leave the column out.',
  SOURCE_FORBIDDEN: 'Tell your administrator: the service lacks a privilege in the database.',
  SOURCE_UNAVAILABLE: 'Try again later: the database that holds the data is down or busy.',
  JOB_STORE_UNAVAILABLE: 'Repeat the request: it works again as soon as the database is back.',
  STORAGE_UNAVAILABLE: 'Repeat the request: it works again as soon as the storage is back.',
  STORAGE_REFUSED: 'Tell your administrator: the storage rejects the file or the credentials of the service.',
  MAIL_UNAVAILABLE: 'Nothing to do: the email is sent again later.',
  MAIL_REFUSED: 'Check the address: the mail provider rejected the email.',
  WEBHOOK_UNAVAILABLE: 'Check your receiver, then redeliver the webhook.',
  WEBHOOK_REFUSED: 'Use a URL at a public address.',
  TERMINATED: 'Create the export again, or ask your administrator why it was ended.',
  TIMED_OUT: 'Export fewer rows, or ask your administrator.',
  INTERNAL: 'Give your administrator the `request_id` or the id of the export.',
  SLOT_LOST: 'Create the export again.',
  UPLOAD_LOST: 'Create the export again.',
  PLAN_OUTDATED: 'Create the export again.',
  PLAN_OUTGROWN: 'Choose fewer columns or set a filter.',
  WORKER_OUTDATED: 'Create the export again in a few minutes.',
  SUPERSEDED: 'Create the export again.',
};

/** The path of the page about all errors. */
export const ERROR_DOCS = '/docs/errors';

/** `type` of a problem: where the page is about this error. */
export const errorTypeUrl = (publicUrl: string, code: ErrorCode): string =>
  `${publicUrl.replace(/\/+$/, '')}${ERROR_DOCS}#${code}`;

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}:target{background:#fff3bf}';
/** Allows the page's own style, and nothing else. */
export const ERROR_DOCS_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const withCode = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const section = (code: ErrorCode): string => {
  const { title, status } = ERRORS[code];
  return `<section id="${code}"><h2><code>${code}</code></h2>
<p>${escapeHtml(title)} (status ${status}). ${withCode(ADVICE[code])}</p></section>`;
};

/** Every error code, each under its own anchor. */
export const errorDocsPage = (): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors of the exports API</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Errors</h1>
<p>The <code>code</code> of an error response, or the <code>error_code</code> of a failed export. <a href="/docs">API documentation</a></p>
${Object.keys(ERRORS).filter(isErrorCode).map(section).join('\n')}
</body>
</html>
`;
