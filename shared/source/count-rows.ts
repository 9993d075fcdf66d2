import { z } from 'zod';
import type { FrozenQuery } from '../datasets/query.js';
import type { PoolClient } from '../postgres.js';

export interface RowCount {
  readonly rows: number;
  /** `estimated`: the planner's guess, because counting took too long. */
  readonly rowsAre: 'exact' | 'estimated';
}

const QUERY_CANCELED = '57014';
const plan = z.tuple([z.looseObject({ Plan: z.looseObject({ 'Plan Rows': z.number() }) })]);

/**
 * Counts the rows of an export for at most `limitMs`, then falls back to the planner's estimate.
 * @param client a client in a transaction
 */
export async function countRows(client: PoolClient, { from }: FrozenQuery, limitMs: number): Promise<RowCount> {
  await client.query('SAVEPOINT counting');
  try {
    await client.query("SELECT set_config('statement_timeout', $1, true)", [String(limitMs)]);
    const { rows } = await client.query<{ rows: number }>(`SELECT count(*) AS rows ${from}`);
    return { rows: rows[0]?.rows ?? 0, rowsAre: 'exact' };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === QUERY_CANCELED)) throw error;
    // This also restores the session's own time limit.
    await client.query('ROLLBACK TO SAVEPOINT counting');
    const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) SELECT ${from}`);
    const [{ Plan: top }] = plan.parse(rows[0]?.['QUERY PLAN']);
    return { rows: Math.round(top['Plan Rows']), rowsAre: 'estimated' };
  }
}
