import { ScheduleStore } from '../../shared/schedules/store.js';
import type { ActivityDeps } from '../deps.js';

type Deps = Pick<ActivityDeps, 'erasedIds' | 'places' | 'temporal' | 'tuning'>;

/** By then, no request is still creating a schedule that an erasure has revoked. */
const LATE_MS = 10 * 60_000;
const BATCH = 100;

/** Deletes schedules that appeared in Temporal only after their erasure, because the API died while creating them. */
export async function* deleteErasedSchedules({ erasedIds, places, temporal }: Deps): AsyncGenerator<void> {
  const store = new ScheduleStore(temporal, places);
  for (;;) {
    const ids = await erasedIds.schedulesToCheck(LATE_MS, BATCH);
    if (ids.length === 0) return;
    await store.deleteAll(ids);
    await erasedIds.settleSchedules(ids);
    yield;
  }
}

/** Marks are needed as long as a workflow that an erasure missed may run, and a day longer. */
export async function* deleteOldErasedIds({ erasedIds, tuning }: Deps): AsyncGenerator<void> {
  await erasedIds.deleteOld(tuning.executionTimeoutMs + 24 * 3_600_000);
  yield;
}
