import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { requiredTsToMs } from '@temporalio/common/lib/time.js';
import { messageOf } from '../../shared/errors.js';
import { ScheduleStore } from '../../shared/schedules/store.js';
import { SILENCE_MS, askInTime } from '../../shared/time-limit.js';
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

/** A margin. */
const DAY_MS = 24 * 3_600_000;

/**
 * Marks are needed as long as a workflow that an erasure missed may run, and an operator may reset it after that: as
 * long as the namespace keeps its history.
 */
export async function* deleteOldErasedIds({ erasedIds, temporal, tuning }: Deps): AsyncGenerator<void> {
  try {
    await erasedIds.deleteOld(tuning.executionTimeoutMs + (await historiesKeptMs(temporal.client)) + DAY_MS);
  } catch (error) {
    // Nothing else depends on it; the next sweep tries again.
    Context.current().log.warn('old marks of erased ids were not deleted', { reason: messageOf(error) });
  }
  yield;
}

async function historiesKeptMs(client: Client): Promise<number> {
  const { namespace } = client.options;
  const { config } = await askInTime(client, SILENCE_MS, () =>
    client.connection.workflowService.describeNamespace({ namespace }),
  );
  return requiredTsToMs(config?.workflowExecutionRetentionTtl, 'workflowExecutionRetentionTtl');
}
