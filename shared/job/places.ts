import { randomUUID } from 'node:crypto';
import type { JobParties, JobRef, UserRef } from '../contract.js';
import { namingFaults, type Pool } from '../postgres.js';

/**
 * How long a place is kept for an export whose row has not appeared, ms. An admission takes ten seconds at most and
 * inserts the row; if the process dies before that, the tenant gets the place back after this time.
 */
const EXPORT_LEASE_MS = 30_000;
/** Temporal lists a schedule within seconds of its creation. */
const SCHEDULE_LEASE_MS = 60_000;

/** Which exports count, besides those that hold a place, when an export takes one. */
const BESIDE = {
  /** For a new request, which is refused while others run or wait. */
  active: ['QUEUED', 'PROCESSING'],
  /** For a waiting export, which doesn't count other waiting ones. */
  running: ['PROCESSING'],
} as const;

export interface Reservation {
  readonly reservationId: string;
  /** Ids of schedules of the same user that were reserved a moment ago; later reservations count this one. */
  readonly earlier: readonly string[];
}

/**
 * Limits that hold across all processes: a lock lets one caller at a time take a place of a tenant or a user.
 * Every method throws ServiceError JOB_STORE_UNAVAILABLE if the database doesn't answer.
 */
export class Places {
  constructor(private readonly pool: Pool) {}

  private async query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query<Row>(sql, [...values]);
      return rows;
    });
  }

  /**
   * Takes one of a tenant's places for an export, which keeps it until it ends. Safe to repeat.
   * @returns false if all `most` are taken
   */
  async takeForExport({ jobId, tenantId }: JobRef, most: number, beside: keyof typeof BESIDE): Promise<boolean> {
    const [row] = await this.query<{ taken: boolean }>(
      `SELECT take_tenant_place($1, $2, $3, $4, make_interval(secs => $5)) AS taken`,
      [jobId, tenantId, most, BESIDE[beside], EXPORT_LEASE_MS / 1000],
    );
    return row?.taken === true;
  }

  /** Gives back the place of an export that was refused. */
  async freeForExport(jobId: string): Promise<void> {
    await this.query('DELETE FROM tenant_places WHERE job_id = $1', [jobId]);
  }

  /**
   * Reserves a place for a schedule until Temporal lists it, or until its lease ends.
   * @param parties the user whom its exports are made for, and its owner
   */
  async reserveSchedule(
    { tenantId, userId, requestedBy: ownerId = userId }: JobParties,
    scheduleId: string,
  ): Promise<Reservation> {
    const reservationId = randomUUID();
    const [row] = await this.query<{ earlier: string[] }>(
      `SELECT reserve_schedule($1, $2, $3, $4, $5, make_interval(secs => $6)) AS earlier`,
      [reservationId, tenantId, ownerId, userId, scheduleId, SCHEDULE_LEASE_MS / 1000],
    );
    return { reservationId, earlier: row?.earlier ?? [] };
  }

  /** Whether a reservation is still there: an erasure revokes it. */
  async isReserved({ reservationId }: Reservation): Promise<boolean> {
    const sql = 'SELECT reservation_id FROM schedule_reservations WHERE reservation_id = $1';
    return (await this.query(sql, [reservationId])).length > 0;
  }

  /** Gives back the place of a schedule that was not created. */
  async freeSchedule({ reservationId }: Reservation): Promise<void> {
    await this.query('DELETE FROM schedule_reservations WHERE reservation_id = $1', [reservationId]);
  }

  /** Ids of schedules that Temporal may not list yet. Some may not exist. */
  async reservedSchedules({ tenantId, userId }: UserRef): Promise<string[]> {
    const rows = await this.query<{ schedule_id: string }>(
      `SELECT DISTINCT schedule_id FROM schedule_reservations
       WHERE tenant_ref = $1 AND user_ref = $2 AND reserved_until > clock_timestamp()`,
      [tenantId, userId],
    );
    return rows.map((row) => row.schedule_id);
  }

  /** Gives back the place of a schedule that was deleted before Temporal listed it. */
  async freeDeletedSchedule({ tenantId, userId }: UserRef, scheduleId: string): Promise<void> {
    const sql = 'DELETE FROM schedule_reservations WHERE tenant_ref = $1 AND user_ref = $2 AND schedule_id = $3';
    await this.query(sql, [tenantId, userId, scheduleId]);
  }
}
