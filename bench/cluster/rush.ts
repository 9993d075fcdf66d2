import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signToken } from '../../api/access/sign-token.js';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import type { ApiAccess } from '../job.js';
import { LATENCY_ROWS } from '../latency.js';
import type { BenchService } from '../service.js';
import { quantile } from '../statistics.js';
import { postUntilAdmitted } from './patient-client.js';

/** All exports are requested at once, each user's up to the limit per user. */
export const RUSH = { users: 500, exportsOfUser: 2, rows: LATENCY_ROWS } as const;
const EXPORTS = RUSH.users * RUSH.exportsOfUser;
const LIMIT_SECONDS = 600;
const STEP_SECONDS = 5;
/** Longer than a semaphore stays alive after its user's last export. */
const SLOTS_FREE_WITHIN_MS = 60_000;

interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** Progress of all exports at a point in time. */
interface Step {
  readonly seconds: number;
  readonly admitted: number;
  readonly ended: number;
}

export interface Rush {
  readonly exports: number;
  readonly users: number;
  /** Time until the last export ended. */
  readonly seconds: number;
  /** Milliseconds from the first request for an export to its 202, including retries. */
  readonly admission: Spread;
  /** Milliseconds of each request, whatever the response. */
  readonly post: Spread;
  /** Requests that got a 503 and were retried after `Retry-After`. */
  readonly unavailable: number;
  /** Exports whose row is COMPLETED with every row of the table. */
  readonly completed: number;
  /** Workflows of users and exports that are still running a minute later: 0 if every slot is free. */
  readonly stillRunning: number;
  readonly steps: readonly Step[];
}

/**
 * Requests all exports, waits until they have ended, and then until no slot is held.
 * @param read called when the last export has ended, to read the meters
 * @throws RefusedError if a request is rejected for good
 */
export async function measureRush<T>(
  service: BenchService,
  secret: string,
  signal: AbortSignal,
  read: () => T,
): Promise<T & { readonly rush: Rush }> {
  const callers = await createUsers(service.url, secret);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_SECONDS * 1000)]);
  const requests: number[] = [];
  const admissions: number[] = [];
  const begun = performance.now();
  const admit = async (caller: ApiAccess): Promise<void> => {
    await postUntilAdmitted(caller, requests, limit);
    admissions.push(performance.now() - begun);
  };
  const wanted = callers.flatMap((caller) => Array<ApiAccess>(RUSH.exportsOfUser).fill(caller));
  const requesting = Promise.allSettled(wanted.map(admit));
  const steps = await untilEnded(service, () => admissions.length, limit);
  const seconds = (performance.now() - begun) / 1000;
  const found = read();
  signal.throwIfAborted();
  for (const result of await requesting) {
    if (result.status === 'rejected' && !limit.aborted) throw result.reason;
  }
  const rush = {
    exports: EXPORTS,
    users: RUSH.users,
    seconds,
    admission: spreadOf(admissions),
    post: spreadOf(requests),
    unavailable: requests.length - admissions.length,
    completed: await service.jobs.countCompleted(RUSH.rows),
    stillRunning: await untilIdle(service, signal),
    steps,
  };
  return { ...found, rush };
}

const spreadOf = (times: readonly number[]): Spread => ({
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  worst: Math.max(...times),
});

const createUsers = (url: string, secret: string): Promise<ApiAccess[]> =>
  Promise.all(
    Array.from({ length: RUSH.users }, async () => {
      const who = { userId: randomUUID(), tenantId: NORTHWIND.id, ttlSeconds: 3600 };
      return { url, token: await signToken(secret, who) };
    }),
  );

/** Resolves when all exports have ended, or when the time limit is reached. */
async function untilEnded({ jobs }: BenchService, admitted: () => number, limit: AbortSignal): Promise<Step[]> {
  const begun = performance.now();
  const steps: Step[] = [];
  for (let due = 0; ;) {
    const step = { seconds: (performance.now() - begun) / 1000, admitted: admitted(), ended: await jobs.countEnded() };
    const isLast = step.ended === EXPORTS || limit.aborted;
    if (isLast || step.seconds >= due) steps.push(step);
    if (isLast) return steps;
    while (due <= step.seconds) due += STEP_SECONDS;
    await sleep(200);
  }
}

/** A user's slots are held by the user's workflow, which ends when none is held. */
async function untilIdle({ temporal }: BenchService, signal: AbortSignal): Promise<number> {
  const end = Date.now() + SLOTS_FREE_WITHIN_MS;
  for (;;) {
    const { count } = await temporal.client.workflow.count(
      "ExecutionStatus = 'Running' AND WorkflowType != 'retentionWorkflow'",
    );
    if (count === 0 || Date.now() > end) return count;
    await sleep(1000, undefined, { signal });
  }
}
