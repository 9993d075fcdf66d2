import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { NOTIFICATION_EVENTS, type NotificationEvent, type UserRef } from '../contract.js';
import { mailboxOf } from './address.js';
import { namingFaults, type Pool } from '../postgres.js';

/** How many mails one address gets per hour, from all users together. */
export const MAILS_AN_HOUR = 30;

/** Why a mail is not sent: its recipient has had too many, or no mail provider is configured. */
export const SKIP_REASONS = ['RECIPIENT_LIMIT', 'NOT_CONFIGURED'] as const;

const skippedSchema = z.object({
  event: z.enum(NOTIFICATION_EVENTS),
  reason: z.enum(SKIP_REASONS),
  skipped_at: z.date(),
});
export type SkippedMail = z.infer<typeof skippedSchema>;

const reservedSchema = z.tuple([z.object({ outcome: z.enum(['RESERVED', 'SKIPPED', 'GONE']) })]);

/**
 * Counts mails against the limit of their recipient, and records skipped ones. Addresses are stored as keyed hashes,
 * only while they count. Every method throws ServiceError JOB_STORE_UNAVAILABLE when the database doesn't answer.
 */
export class MailStore {
  /** @param secret the key of the hashes; the same in all processes */
  constructor(
    private readonly pool: Pool,
    private readonly secret: string,
  ) {}

  private async rows(sql: string, values: readonly unknown[] = []): Promise<unknown[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query<Record<string, unknown>>(sql, [...values]);
      return rows;
    });
  }

  /**
   * Reserves the mail about a job and event, or records that it is skipped. A mail that is attempted again within the
   * hour counts once; after that it counts as a new one.
   * @returns SKIPPED if the recipient has reached the hour's limit, GONE if the export has been deleted
   */
  async reserve(jobId: string, event: NotificationEvent, to: string): Promise<'RESERVED' | 'SKIPPED' | 'GONE'> {
    const hash = createHmac('sha256', this.secret)
      .update(`mail recipient ${mailboxOf(to)}`)
      .digest();
    const rows = await this.rows(`SELECT reserve_mail($1, $2, $3, $4, interval '1 hour') AS outcome`, [
      jobId,
      event,
      hash,
      MAILS_AN_HOUR,
    ]);
    return reservedSchema.parse(rows)[0].outcome;
  }

  /**
   * Records that a mail is skipped because there is no mail provider, unless its export no longer names a recipient.
   */
  async skip(jobId: string, event: NotificationEvent): Promise<void> {
    await this.rows(
      `INSERT INTO skipped_mails (job_id, event, reason)
       SELECT job_id, $2, 'NOT_CONFIGURED' FROM export_jobs WHERE job_id = $1 AND notify -> 'email' IS NOT NULL
       ON CONFLICT (job_id, event) DO UPDATE SET reason = excluded.reason, skipped_at = excluded.skipped_at`,
      [jobId, event],
    );
  }

  /** Skipped mails of a job, newest first. */
  async skipped(jobId: string): Promise<SkippedMail[]> {
    const sql = 'SELECT event, reason, skipped_at FROM skipped_mails WHERE job_id = $1 ORDER BY skipped_at DESC';
    return (await this.rows(sql, [jobId])).map((row) => skippedSchema.parse(row));
  }

  /** Deletes the reservations that no longer count. */
  async deleteOld(): Promise<void> {
    await this.rows(`DELETE FROM mail_reservations WHERE reserved_at < clock_timestamp() - interval '1 hour'`);
  }

  /** Deletes the reservations of a user's exports. */
  async deleteOf({ tenantId, userId }: UserRef): Promise<void> {
    await this.rows('DELETE FROM mail_reservations WHERE tenant_ref = $1 AND user_ref = $2', [tenantId, userId]);
  }
}
