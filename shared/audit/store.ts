import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { UserRef } from '../contract.js';
import { userKey } from '../identity/reference.js';
import { namingFaults, type Pool } from '../postgres.js';
import { auditParameter, eventIdOf, insertAudit, type AuditEvent } from './event.js';
import { listStatement, rowSchema, type AuditQuery, type AuditRow } from './list.js';

/**
 * The audit log. It is append-only: an event is inserted with the change that it records, or before it. After that, it
 * changes only if a user is erased, and is deleted when it is old. Every method throws ServiceError
 * JOB_STORE_UNAVAILABLE if the database doesn't answer.
 */
export class AuditStore {
  /**
   * @param keys for hashing erased users, the same in all processes. New hashes use the first key; searches try all of
   *   them
   */
  constructor(
    private readonly pool: Pool,
    private readonly keys: readonly [string, ...string[]],
  ) {}

  private async query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query<Row>(sql, [...values]);
      return rows;
    });
  }

  async record(event: AuditEvent): Promise<void> {
    await this.query(insertAudit(1), [auditParameter(event)]);
  }

  /**
   * Records that a user was refused something. The same refusal is recorded at most once a minute, so that a client
   * that keeps trying doesn't fill the log.
   * @param what says what was refused, and why
   */
  async recordRefusal(event: AuditEvent, user: UserRef, what: string): Promise<void> {
    const minute = Math.floor(Date.now() / 60_000);
    // Use the hash: an id made from the user's own id would still identify them after they are erased.
    await this.record({ ...event, once: `${hashOf(user, this.keys[0])} ${what} ${minute}` });
  }

  /**
   * Records a change of a schedule, unless the schedule's last event is the same change and at most a minute old: then
   * it is a repeated request. The id depends on the previous event, so the same change can be recorded again later.
   * Runs aren't changes: one in between doesn't matter.
   * @param content the change, with the version of the schedule before it: if somebody has undone the change in
   *   Temporal, making it again at once is another change
   * @returns the event's id
   */
  async recordOfSchedule(event: AuditEvent & { readonly scheduleId: string }, content: string): Promise<string> {
    const { scheduleId, action } = event;
    const [last, previous] = await this.query<{ event_id: string; is_recent: boolean }>(
      `SELECT event_id, occurred_at > clock_timestamp() - interval '1 minute' AS is_recent FROM audit_events
       WHERE schedule_id = $1 AND action LIKE 'schedule.%' AND action <> 'schedule.run'
       ORDER BY occurred_at DESC, event_id DESC LIMIT 2`,
      [scheduleId],
    );
    const onceAfter = (earlier = { event_id: 'none' }): string =>
      `${scheduleId} ${action} ${content} after ${earlier.event_id}`;
    if (last?.is_recent === true && last.event_id === eventIdOf(onceAfter(previous))) return last.event_id;
    const once = onceAfter(last);
    await this.record({ ...event, once });
    return eventIdOf(once);
  }

  /** Newest first. Somebody who has been erased is found by their hash. */
  async list(query: AuditQuery): Promise<AuditRow[]> {
    const { tenantId } = query;
    const { sql, values } = listStatement(query, (userId) => this.hashesOf({ tenantId, userId }));
    return z.array(rowSchema).parse(await this.query(sql, values));
  }

  /** The hashes that an erasure may have replaced a user with. The first one is that of an erasure from now on. */
  hashesOf(user: UserRef): [string, ...string[]] {
    const [key, ...older] = this.keys;
    return [hashOf(user, key), ...older.map((other) => hashOf(user, other))];
  }

  /** Replaces a user with a keyed hash, as actor and as subject, and deletes the user's IP addresses. */
  async erase(user: UserRef): Promise<void> {
    await this.query('SELECT erase_from_audit($1, $2, $3)', [user.tenantId, user.userId, hashOf(user, this.keys[0])]);
  }

  /** Deletes the oldest events that are older than `ageMs`. @returns how many, at most `limit` */
  async deleteOld(ageMs: number, limit: number): Promise<number> {
    const sql = 'SELECT delete_old_audit(make_interval(secs => $1), $2) AS deleted';
    const [row] = await this.query<{ deleted: number }>(sql, [ageMs / 1000, limit]);
    return row?.deleted ?? 0;
  }
}

const hashOf = (user: UserRef, key: string): string =>
  createHmac('sha256', key)
    .update(`audit user ${userKey(user)}`)
    .digest('hex');
