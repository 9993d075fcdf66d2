import type { ErasureCounts, UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { isActive } from '../../shared/job/lifecycle.js';
import { temporalScheduleId } from '../../shared/schedules/contract.js';
import { ScheduleStore } from '../../shared/schedules/store.js';
import { cancelAll } from './cancel-all.js';
import type { ActivityDeps } from '../deps.js';
import type { ErasureInput } from '../../shared/temporal/inputs.js';
import { heartbeating } from '../heartbeat.js';
import { markListed } from './mark-listed.js';
import { removeJob } from './remove-job.js';

type Deps = Pick<
  ActivityDeps,
  'audit' | 'erasedIds' | 'jobs' | 'mails' | 'places' | 'savedExports' | 'store' | 'temporal'
>;

const BATCH = 100;
/** Maximum number of rounds, because a user whose token is still valid may request exports meanwhile. */
const ROUNDS = 5;

/**
 * Deletes everything that the service stores about a user in a tenant. Deletes schedules first, so that nothing new
 * starts; then saved exports; then cancels active exports, deletes files and rows, and the records of sent emails.
 * Workflows that Temporal doesn't list yet, or that an operator resets later, can't bring anything back, because ids
 * are marked. Events of the audit log remain, with a hash instead of the user. Safe to repeat at any point; the counts
 * are those of the last attempt.
 */
export const eraseUser =
  (deps: Deps) =>
  ({ origin, erasureId, tenantId, userId }: ErasureInput): Promise<ErasureCounts> =>
    heartbeating(async (signal) => {
      const user = { tenantId, userId };
      const event = { action: 'user.erased', tenantId, subject: userId, origin, details: {}, once: erasureId } as const;
      await deps.audit.record(event);
      const counts = await new Erasure(deps, user, signal).run();
      // Last, because the user's exports may record events until they have ended.
      await deps.audit.erase(user);
      return counts;
    });

class Erasure {
  private cancelled = 0;
  private exports = 0;
  private files = 0;

  constructor(
    private readonly deps: Deps,
    private readonly user: UserRef,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<ErasureCounts> {
    const { audit, erasedIds, places, temporal } = this.deps;
    await erasedIds.markRequester(this.user.tenantId, audit.hashesOf(this.user)[0]);
    // Revoked first: a request that is creating a schedule at this moment then deletes it again.
    const revoked = await erasedIds.revokeSchedules(this.user, temporalScheduleId);
    const store = new ScheduleStore(temporal, places);
    const listed = await store.temporalIdsOf(this.user);
    await erasedIds.markSchedules(listed);
    await markListed(this.deps, this.user);
    let schedules = await store.deleteAll(new Set([...revoked, ...listed]));
    let savedExports = await this.deps.savedExports.deleteOf(this.user);
    for (let round = 0; round < ROUNDS; round++) {
      this.cancelled += await cancelAll(this.deps, this.user, this.signal);
      if (!(await this.removeEnded())) continue;
      await this.deps.mails.deleteOf(this.user);
      await this.deps.jobs.forgetRequester(this.user);
      // Again, for what was created meanwhile, even if the process that created it died before it could delete it.
      schedules += await store.deleteAll(revoked);
      savedExports += await this.deps.savedExports.deleteOf(this.user);
      const { cancelled, exports, files } = this;
      return { schedules, savedExports, cancelled, exports, files };
    }
    throw new ServiceError('STILL_ACTIVE', 'The user keeps starting exports.');
  }

  /** @returns false if some exports are still active */
  private async removeEnded(): Promise<boolean> {
    for (;;) {
      const rows = await this.deps.jobs.list({ ...this.user, limit: BATCH });
      if (rows.length === 0) return true;
      const ended = rows.filter(({ status }) => !isActive(status));
      if (ended.length === 0) return false;
      // An operator may reset them later.
      await this.deps.erasedIds.markJobs(ended.map(({ job_id }) => job_id));
      for (const row of ended) {
        this.signal.throwIfAborted();
        const { hadFile } = await removeJob(this.deps, row, this.signal);
        this.exports += 1;
        if (hadFile) this.files += 1;
      }
    }
  }
}
