import { z } from 'zod';
import { AUDIT_ACTIONS, type AuditAction } from './event.js';

/** An event as the database has it. */
export const rowSchema = z.object({
  event_id: z.string(),
  occurred_at: z.date(),
  action: z.enum(AUDIT_ACTIONS),
  actor_ref: z.string().nullable(),
  actor_hash: z.string().nullable(),
  subject_ref: z.string().nullable(),
  subject_hash: z.string().nullable(),
  request_id: z.string().nullable(),
  address: z.string().nullable(),
  job_id: z.string().nullable(),
  schedule_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditRow = z.infer<typeof rowSchema>;
const COLUMNS = Object.keys(rowSchema.shape).join(', ');

export interface AuditQuery {
  readonly tenantId: string;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly jobId?: string | undefined;
  /** Only events at this time or later. */
  readonly since?: Date | undefined;
  /** Only events before this time. */
  readonly before?: Date | undefined;
  readonly limit: number;
  /** The last event of the previous page. */
  readonly after?: { readonly occurredAt: Date; readonly eventId: string } | undefined;
}

/**
 * The statement for a page, newest first. It has only the conditions that the query needs: indexes have the events of
 * an actor, a subject, an action or a job in the order of the page.
 * @param hashesOf hashes that an erasure may have replaced a user with
 */
export function listStatement(
  { tenantId, actor, subject, action, jobId, since, before, limit, after }: AuditQuery,
  hashesOf: (userId: string) => readonly string[],
): { readonly sql: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const value = (of: unknown, type: string): string => `$${values.push(of)}::${type}`;
  const conditions = [`tenant_ref = ${value(tenantId, 'text')}`];
  if (action !== undefined) conditions.push(`action = ${value(action, 'text')}`);
  if (jobId !== undefined) conditions.push(`job_id = ${value(jobId, 'uuid')}`);
  if (since !== undefined) conditions.push(`occurred_at >= ${value(since, 'timestamptz')}`);
  if (before !== undefined) conditions.push(`occurred_at < ${value(before, 'timestamptz')}`);
  if (after !== undefined) {
    const { occurredAt, eventId } = after;
    conditions.push(`(occurred_at, event_id) < (${value(occurredAt, 'timestamptz')}, ${value(eventId, 'uuid')})`);
  }
  const page = `ORDER BY occurred_at DESC, event_id DESC LIMIT ${value(limit, 'integer')}`;
  const select = (where: readonly string[]): string =>
    `SELECT ${COLUMNS} FROM audit_events WHERE ${where.join(' AND ')} ${page}`;
  // OR would read all of the tenant's events: one branch for each index.
  const branches = (who: 'actor' | 'subject', userId: string | undefined): string[][] =>
    userId === undefined
      ? [[]]
      : [
          [`${who}_ref = ${value(userId, 'text')}`],
          ...hashesOf(userId).map((hash) => [`${who}_hash = ${value(hash, 'text')}`]),
        ];
  const ofSubject = branches('subject', subject);
  const wheres = branches('actor', actor).flatMap((one) => ofSubject.map((other) => [...conditions, ...one, ...other]));
  const [only, ...others] = wheres.map(select);
  if (only === undefined || others.length === 0) return { sql: only ?? '', values };
  const union = [only, ...others].map((branch) => `(${branch})`).join(' UNION ALL ');
  return { sql: `SELECT ${COLUMNS} FROM (${union}) AS either ${page}`, values };
}
