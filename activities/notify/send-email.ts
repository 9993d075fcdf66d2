import { notificationWorkflowId } from '../../shared/temporal/names.js';
import type { JobRef, NotificationEvent } from '../../shared/contract.js';
import { ACCOUNT, titleOfType } from '../../shared/datasets/account.js';
import { isGzip } from '../../shared/formats/file-kind.js';
import { FORMATS } from '../../shared/formats/index.js';
import { fileName } from '../../shared/job/file-name.js';
import type { JobRow } from '../../shared/job/row.js';
import type { SKIP_REASONS } from '../../shared/mails/store.js';
import { downloadUrl } from '../../shared/job/links.js';
import type { MailFacts } from '../../shared/mails/content.js';
import { mailText } from '../../shared/mails/index.js';
import type { ActivityDeps } from '../deps.js';
import { heartbeating } from '../heartbeat.js';
import { mayRetry } from '../may-retry.js';

type Deps = Pick<ActivityDeps, 'jobs' | 'mailer' | 'mails' | 'registry' | 'metrics' | 'publicUrl' | 'linkSecret'>;

type About = JobRef & { readonly event: NotificationEvent };
/** Shown to operators in Temporal. */
type Sent = Promise<{ sent: boolean; skipped?: (typeof SKIP_REASONS)[number] }>;

/**
 * Sends one email per job and event: its idempotency key is the notification's workflow id. Skipped if the recipient
 * has reached the hourly limit, or if no mail provider is configured.
 */
export const sendEmail =
  (deps: Deps) =>
  (about: About): Sent =>
    heartbeating((signal) => attemptMail(deps, about, signal));

async function attemptMail(deps: Deps, { jobId, event }: About, signal: AbortSignal): Sent {
  const { jobs, mailer, mails, metrics } = deps;
  const row = await jobs.find(jobId);
  if (row?.notify.email === undefined) return { sent: false };
  if (mailer === null) {
    await mails.skip(jobId, event);
    metrics.notified('mail', 'skipped');
    return { sent: false, skipped: 'NOT_CONFIGURED' };
  }
  const to = row.notify.email;
  const reservation = await mails.reserve(jobId, event, to);
  if (reservation === 'SKIPPED') {
    metrics.notified('mail', 'skipped');
    return { sent: false, skipped: 'RECIPIENT_LIMIT' };
  }
  if (reservation === 'GONE') return { sent: false };
  const { subject, text, html } = mailText(event, factsOf(row, deps));
  const idempotencyKey = notificationWorkflowId(jobId, event);
  try {
    await mailer.send({ to, subject, text, html, idempotencyKey }, signal);
  } catch (error) {
    signal.throwIfAborted();
    metrics.notified('mail', mayRetry(error) ? 'retried' : 'failed');
    throw error;
  }
  metrics.notified('mail', 'delivered');
  return { sent: true };
}

/** Independent of the attempt's time, because every attempt must write the same email. */
function factsOf(row: JobRow, { registry, publicUrl, linkSecret }: Deps): MailFacts {
  const { job_id: jobId, name, type, format, options, url_expires_at: expiresAt, file_deleted_at: deletedAt } = row;
  const hasFile = expiresAt !== null && deletedAt === null;
  const { error_code: code, error_message: message, requested_by_ref: requestedBy } = row;
  return {
    jobId,
    name,
    title: titleOfType(registry, type),
    format: isGzip(FORMATS.get(format) ?? {}, options) ? `${format}, compressed with gzip` : format,
    columns: type === ACCOUNT ? null : row.columns.length,
    timezone: typeof options.timezone === 'string' ? options.timezone : 'UTC',
    fileName: hasFile ? fileName({ jobId, name, type, format, options, createdAt: row.created_at }) : null,
    rows: row.row_count,
    size: row.file_size,
    link: hasFile ? downloadUrl(publicUrl, linkSecret, jobId, expiresAt) : null,
    expiresAt,
    warnings: row.warnings,
    error: code === null ? null : { code, message: message ?? '' },
    onBehalf: requestedBy === null ? null : { user: row.user_ref, requestedBy },
  };
}
