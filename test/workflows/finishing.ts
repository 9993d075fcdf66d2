import type pg from 'pg';
import { readJob, postExport, until, untilEnded } from '../support/exports.js';
import { someUser, type ServiceOptions, type TestService } from '../support/service.js';
import { behind, type Door } from './doors.js';
import { untilPlanIsDue, type Reader } from './support.js';

/**
 * Exports of two segments, with the door in the second, and a single reader. (Finishing a single-segment export
 * doesn't wait for a reader, so it couldn't be held by another export's plan.)
 */
export const FINISH_MAY_WAIT = {
  orders: 1700,
  singleTenant: true,
  dataSlots: 1,
  tuning: { maxSegmentRows: 880, segmentsInFlight: 1 },
} satisfies ServiceOptions;

/**
 * An export whose segments are done and whose finish waits: the only reader is busy with another export's plan, which
 * waits for a lock. `go` lets both complete.
 */
export async function holdFinish(
  { service, door, locker }: { readonly service: TestService; readonly door: Door; readonly locker: pg.Client },
  user: Reader,
): Promise<{ readonly jobId: string; readonly go: () => Promise<unknown> }> {
  const other = someUser();
  const jobId = await postExport(service, user, behind(1));
  await door.untilWaiting();
  const otherId = await postExport(service, other);
  await untilPlanIsDue(service, otherId);
  await locker.query('BEGIN');
  // Granted once the reader behind the door is done.
  const locked = locker.query('LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
  await door.open();
  await locked;
  await until('finishing', async () => (await readJob(service, user, jobId)).phase === 'finishing');
  return { jobId, go: () => locker.query('ROLLBACK').then(() => untilEnded(service, other, otherId)) };
}
