import { notificationWorkflowId, type JobRef, type NotificationEvent } from '../shared/contract.js';
import { ACCOUNT, ACCOUNT_TITLE } from '../shared/datasets/account.js';
import { downloadUrl } from '../shared/links.js';
import { mailText } from '../shared/mails.js';
import type { ActivityDeps } from './deps.js';

/** One mail per job and event: the provider's idempotency key is the notification's own id. */
export const sendEmail =
  ({
    jobs,
    mailer,
    registry,
    publicUrl,
    linkSecret,
  }: Pick<ActivityDeps, 'jobs' | 'mailer' | 'registry' | 'publicUrl' | 'linkSecret'>) =>
  async ({ jobId, event }: JobRef & { event: NotificationEvent }): Promise<{ sent: boolean }> => {
    const row = await jobs.find(jobId);
    if (row?.notify.email === undefined) return { sent: false };
    const { url_expires_at: expiresAt, file_deleted_at: deletedAt } = row;
    const link = expiresAt === null || deletedAt !== null ? null : downloadUrl(publicUrl, linkSecret, jobId, expiresAt);
    const { subject, text, html } = mailText(event, {
      title: row.type === ACCOUNT ? ACCOUNT_TITLE : (registry.get(row.type)?.title ?? row.type),
      format: row.format,
      rows: row.row_count,
      size: row.file_size,
      link,
      expiresAt,
      error: row.error_message,
    });
    const idempotencyKey = notificationWorkflowId(jobId, event);
    return { sent: await mailer.send({ to: row.notify.email, subject, text, html, idempotencyKey }) };
  };
