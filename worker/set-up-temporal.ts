import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';
import { CONTROL_QUEUE } from '../shared/temporal/names.js';
import type { RetentionInput } from '../shared/temporal/inputs.js';
import { RETENTION_SCHEDULE } from '../shared/startup/check-payload-key.js';
import type { TemporalClient } from '../shared/temporal/client.js';
import { SEARCH_ATTRIBUTES } from '../shared/temporal/search-attributes.js';
import { DEFAULT_TUNING } from '../shared/temporal/tuning.js';
import { encryptSchedules } from './encrypt-schedules.js';

/** IndexedValueType in Temporal's API. */
const INDEXED = { KEYWORD: 2, INT: 3 } as const;
/** Twice a minute, because files must be deleted within a minute. */
const SWEEP_EVERY_MS = 30_000;
/** With one run per sweep, the Web UI would list 2,880 runs a day. */
const SWEEP_FOR_MS = 60 * 60_000;
/** A run that no worker picks up, such as one of a removed version, must not block the next run for long. */
const SWEEP_TIMEOUT_MS = SWEEP_FOR_MS + 15 * 60_000;

const SWEEPS = {
  spec: { intervals: [{ every: SWEEP_EVERY_MS }] },
  action: {
    type: 'startWorkflow',
    workflowType: 'retentionWorkflow',
    workflowId: RETENTION_SCHEDULE,
    taskQueue: CONTROL_QUEUE,
    args: [{ tuning: DEFAULT_TUNING, everyMs: SWEEP_EVERY_MS, forMs: SWEEP_FOR_MS } satisfies RetentionInput],
    workflowExecutionTimeout: SWEEP_TIMEOUT_MS,
  },
  // One run at a time; the next starts within half a minute of its end, for whatever reason it ended.
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: SWEEP_EVERY_MS },
} satisfies Omit<ScheduleOptions, 'scheduleId'>;

/** A cluster refreshes its namespace cache every two seconds by default; older ones every ten. */
const KNOWN_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 100;

/**
 * Registers search attributes and the retention schedule in the namespace, and encrypts the service's schedules with
 * the first payload key, if there is one. Returns when an export can start. Safe to repeat.
 * @returns the names of earlier keys that schedules still need
 */
export async function setUpTemporal({ client }: TemporalClient, namespace: string): Promise<ReadonlySet<string>> {
  await registerSearchAttributes(client, namespace);
  try {
    await client.schedule.create({ scheduleId: RETENTION_SCHEDULE, ...SWEEPS });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    // It may be from an earlier version. A paused schedule stays paused.
    await client.schedule.getHandle(RETENTION_SCHEDULE).update(({ state }) => ({ ...SWEEPS, state }));
  }
  return encryptSchedules(client);
}

/** Registers the missing ones, and waits until the namespace has them. */
export async function registerSearchAttributes(client: Client, namespace: string): Promise<void> {
  const { operatorService } = client.connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = SEARCH_ATTRIBUTES.filter(({ name }) => !Object.hasOwn(customAttributes, name));
  if (missing.length > 0) {
    const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, INDEXED[type]]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
  }
  await untilKnown(client);
}

/** A server with PostgreSQL rejects workflows with new search attributes until it has noticed the attributes. */
async function untilKnown({ workflow }: Client): Promise<void> {
  const query = SEARCH_ATTRIBUTES.map(({ name }) => `${name} IS NULL`).join(' AND ');
  const end = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      await workflow.count(query);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(ASK_EVERY_MS);
  }
}
