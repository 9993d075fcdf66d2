import type { UserRef } from '../contract.js';
import { namingFaults, transaction, type Pool, type PoolClient } from '../postgres.js';

/**
 * Temporal may list a new schedule or workflow only after a moment, so an erasure can miss one, and the API may die
 * while it creates one. So an erasure marks the ids of exports and schedules before it deletes anything: no row with a
 * marked id can be inserted, even by workflows that still run or are reset later. Every method throws ServiceError
 * JOB_STORE_UNAVAILABLE if the database doesn't answer.
 */
export class ErasedIds {
  constructor(private readonly pool: Pool) {}

  private named<T>(work: () => Promise<T>): Promise<T> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', work);
  }

  async markJobs(jobIds: readonly string[]): Promise<void> {
    await this.named(() => this.pool.query(MARK, [jobIds, jobIds.map(() => null)]));
  }

  /** @param temporalIds ids of schedules in Temporal, which end with the schedule's own id */
  async markSchedules(temporalIds: readonly string[]): Promise<void> {
    await this.named(() => markSchedules(this.pool, temporalIds));
  }

  /**
   * Deletes the reservations of a user's schedules and of those whose exports are made for the user, and marks these
   * schedules. A request that is still creating such a schedule then notices, and deletes it.
   * @param temporalId names a schedule in Temporal
   * @returns the schedules' ids in Temporal, where they may not exist (yet)
   */
  async revokeSchedules(
    { tenantId, userId }: UserRef,
    temporalId: (owner: UserRef, scheduleId: string) => string,
  ): Promise<string[]> {
    return this.named(() =>
      transaction(this.pool, async (client) => {
        const { rows } = await client.query<{ user_ref: string; schedule_id: string }>(
          `DELETE FROM schedule_reservations WHERE tenant_ref = $1 AND (user_ref = $2 OR for_ref = $2)
           RETURNING user_ref, schedule_id`,
          [tenantId, userId],
        );
        const ids = rows.map((row) => temporalId({ tenantId, userId: row.user_ref }, row.schedule_id));
        await markSchedules(client, ids);
        return ids;
      }),
    );
  }

  /** Allows an id again. Only needed for ids that are made from an Idempotency-Key; the others never come back. */
  async allow(id: string): Promise<void> {
    await this.named(() => this.pool.query('DELETE FROM erased_ids WHERE id = $1', [id]));
  }

  /**
   * Schedules that were marked longer than `ageMs` ago, by their ids in Temporal, where one may have been created late.
   * @param limit of ids per call; `settleSchedules` the returned ones before the next
   */
  async schedulesToCheck(ageMs: number, limit: number): Promise<string[]> {
    const { rows } = await this.named(() =>
      this.pool.query<{ temporal_id: string }>(
        `SELECT temporal_id FROM erased_ids
         WHERE temporal_id IS NOT NULL AND erased_at < clock_timestamp() - make_interval(secs => $1) LIMIT $2`,
        [ageMs / 1000, limit],
      ),
    );
    return rows.map((row) => row.temporal_id);
  }

  /** Records that schedules don't exist in Temporal. Their marks remain, for runs that have already started. */
  async settleSchedules(temporalIds: readonly string[]): Promise<void> {
    const sql = 'UPDATE erased_ids SET temporal_id = NULL WHERE temporal_id = ANY ($1)';
    await this.named(() => this.pool.query(sql, [temporalIds]));
  }

  /**
   * Marks a user who may have requested exports on behalf of others.
   * @param hash a keyed hash, because an erasure must not store the user's id
   */
  async markRequester(tenantId: string, hash: string): Promise<void> {
    await this.named(() =>
      this.pool.query(
        `INSERT INTO erased_requesters (tenant_ref, user_hash) VALUES ($1, $2)
         ON CONFLICT (tenant_ref, user_hash) DO UPDATE SET erased_at = clock_timestamp()`,
        [tenantId, hash],
      ),
    );
  }

  /**
   * Whether a user has been erased since a time.
   * @param hashes of the user, with all keys
   * @param since ISO 8601
   */
  async isRequesterErased(tenantId: string, hashes: readonly string[], since: string): Promise<boolean> {
    const sql = `SELECT FROM erased_requesters WHERE tenant_ref = $1 AND user_hash = ANY ($2) AND erased_at >= $3`;
    const { rowCount } = await this.named(() => this.pool.query(sql, [tenantId, hashes, since]));
    return rowCount !== 0;
  }

  /** Deletes marks that are older than `ageMs`, except those of schedules that have not been checked. */
  async deleteOld(ageMs: number): Promise<void> {
    await this.named(() =>
      this.pool.query(
        `WITH requesters AS (DELETE FROM erased_requesters WHERE erased_at < clock_timestamp() - make_interval(secs => $1))
         DELETE FROM erased_ids
         WHERE temporal_id IS NULL AND erased_at < clock_timestamp() - make_interval(secs => $1)`,
        [ageMs / 1000],
      ),
    );
  }
}

const MARK = `INSERT INTO erased_ids (id, temporal_id) SELECT * FROM unnest($1::uuid[], $2::text[])
  ON CONFLICT (id) DO UPDATE SET temporal_id = excluded.temporal_id, erased_at = clock_timestamp()`;

/** A schedule may be in the list twice, with two reservations. */
async function markSchedules(client: Pool | PoolClient, temporalIds: readonly string[]): Promise<void> {
  const ids = new Map(temporalIds.map((id) => [id.slice(id.lastIndexOf('/') + 1), id]));
  await client.query(MARK, [[...ids.keys()], [...ids.values()]]);
}
