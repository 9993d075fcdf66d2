import { z } from 'zod';
import { auditParameter, insertAudit, type AuditEvent } from '../audit/event.js';
import type { UserRef } from '../contract.js';
import { namingFaults, type Pool } from '../postgres.js';

/** How many exports a user may save. */
export const MAX_SAVED_EXPORTS = 100;

const rowSchema = z.object({
  saved_export_id: z.string(),
  tenant_ref: z.string(),
  user_ref: z.string(),
  name: z.string(),
  shared: z.boolean(),
  request: z.record(z.string(), z.unknown()),
  request_hash: z.string(),
  created_at: z.date(),
  updated_at: z.date(),
});
export type SavedExport = z.infer<typeof rowSchema>;

/** What its owner writes. */
export interface SavedExportDefinition {
  readonly name: string;
  /** Whether all users of the tenant can see and run it. */
  readonly shared: boolean;
  /** Stored as sent, except for the spelling of `on_behalf_of`, and checked again at every run. */
  readonly request: Readonly<Record<string, unknown>>;
}

const COLUMNS = Object.keys(rowSchema.shape).join(', ');
/** The columns for lists. Filters and columns are left out, because those of one page may take megabytes. */
const LISTED_COLUMNS = COLUMNS.replace(/\brequest,/, "request - '{filters,columns}'::text[] AS request,");
const VISIBLE = 'tenant_ref = $1 AND (user_ref = $2 OR shared)';

/**
 * Requests that users have saved under a name. Every method throws ServiceError JOB_STORE_UNAVAILABLE if the database
 * doesn't answer.
 */
export class SavedExportStore {
  constructor(private readonly pool: Pool) {}

  private async rows(sql: string, values: readonly unknown[]): Promise<SavedExport[]> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rows } = await this.pool.query(sql, [...values]);
      return z.array(rowSchema).parse(rows);
    });
  }

  /**
   * Saves a request, unless its user has saved too many.
   * @param requestHash tells a repeated call from another one with the same id
   * @param event recorded if the row is new
   * @returns the row, which an earlier call with the same id may have created; null if there are too many
   */
  async create(
    { tenantId, userId }: UserRef,
    savedExportId: string,
    { name, shared, request }: SavedExportDefinition,
    requestHash: string,
    event: AuditEvent,
  ): Promise<SavedExport | null> {
    const [row] = await this.rows(
      `WITH made AS (SELECT * FROM save_export($1, $2, $3, $4, $5, $6, $7, $8)),
       fresh AS (SELECT FROM made WHERE is_new),
       event AS (${insertAudit(9, 'fresh')})
       SELECT (saved).* FROM made`,
      [
        ...[savedExportId, tenantId, userId, name, shared],
        ...[JSON.stringify(request), requestHash, MAX_SAVED_EXPORTS, auditParameter(event)],
      ],
    );
    return row ?? null;
  }

  /** @returns null also for one that the user may not see */
  async find({ tenantId, userId }: UserRef, savedExportId: string): Promise<SavedExport | null> {
    const sql = `SELECT ${COLUMNS} FROM saved_exports WHERE ${VISIBLE} AND saved_export_id = $3`;
    const [row] = await this.rows(sql, [tenantId, userId, savedExportId]);
    return row ?? null;
  }

  /** The user's own, and those that others share, without filters and columns. Newest first. */
  async list(
    { tenantId, userId }: UserRef,
    limit: number,
    after?: { readonly createdAt: Date; readonly id: string },
  ): Promise<SavedExport[]> {
    return this.rows(
      `SELECT ${LISTED_COLUMNS} FROM saved_exports
       WHERE ${VISIBLE} AND ($3::timestamptz IS NULL OR (created_at, saved_export_id) < ($3, $4::uuid))
       ORDER BY created_at DESC, saved_export_id DESC LIMIT $5`,
      [tenantId, userId, after?.createdAt ?? null, after?.id ?? null, limit],
    );
  }

  /**
   * @param event recorded if something changes
   * @returns null if the user doesn't own it
   */
  async replace(
    { tenantId, userId }: UserRef,
    savedExportId: string,
    { name, shared, request }: SavedExportDefinition,
    event: AuditEvent,
  ): Promise<SavedExport | null> {
    const [row] = await this.rows(
      // A concurrent call waits for the lock, and then sees what the first one wrote.
      `WITH old AS (SELECT saved_export_id, (name, shared, request) IS DISTINCT FROM ($4, $5, $6::jsonb) AS differs
         FROM saved_exports WHERE tenant_ref = $1 AND user_ref = $2 AND saved_export_id = $3 FOR UPDATE),
       changed AS (SELECT FROM old WHERE differs),
       event AS (${insertAudit(7, 'changed')})
       UPDATE saved_exports s SET name = $4, shared = $5, request = $6::jsonb, updated_at = clock_timestamp()
       FROM old WHERE s.saved_export_id = old.saved_export_id
       RETURNING s.*`,
      [tenantId, userId, savedExportId, name, shared, JSON.stringify(request), auditParameter(event)],
    );
    return row ?? null;
  }

  /**
   * Does nothing if the user doesn't own it.
   * @param event recorded if it is deleted
   */
  async delete({ tenantId, userId }: UserRef, savedExportId: string, event: AuditEvent): Promise<void> {
    await this.rows(
      `WITH gone AS (DELETE FROM saved_exports WHERE tenant_ref = $1 AND user_ref = $2 AND saved_export_id = $3
         RETURNING saved_export_id)
       ${insertAudit(4, 'gone')}`,
      [tenantId, userId, savedExportId, auditParameter(event)],
    );
  }

  /** Deletes all that a user has saved, and what others have saved on behalf of the user. @returns how many */
  async deleteOf({ tenantId, userId }: UserRef): Promise<number> {
    return namingFaults('JOB_STORE_UNAVAILABLE', 'The job database', async () => {
      const { rowCount } = await this.pool.query(
        `DELETE FROM saved_exports WHERE tenant_ref = $1 AND (user_ref = $2 OR request ->> 'on_behalf_of' = $2)`,
        [tenantId, userId],
      );
      return rowCount ?? 0;
    });
  }
}
