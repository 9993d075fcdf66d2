import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signToken } from '../api/access/sign-token.js';
import { NORTHWIND } from '../dev/sample-data/tenants.js';
import { messageOf } from '../shared/errors.js';
import { askApi, createJob, type ApiAccess } from './job.js';
import { escapedCsv } from './requests.js';
import type { BenchService } from './service.js';
import { quantile } from './statistics.js';

/**
 * API requests at a fixed rate that does not depend on responses. Measuring starts once each user has sent a request,
 * which starts the semaphores, and V8 has compiled the hot code, as in a service that has been running for a while.
 */
export const LOAD = { users: 100, getsPerSecond: 190, postsPerSecond: 10, seconds: 30, warmUpSeconds: 15 } as const;

/** Response times of one kind of request, ms from when it was due, so that queueing counts, too. */
export interface Answers {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}
export interface LoadFigures {
  readonly post: Answers;
  readonly get: Answers;
  /** Unsuccessful responses, with the reasons. */
  readonly failures: readonly string[];
}

interface User extends ApiAccess {
  /** The newest export that the user has requested. */
  jobId: string | undefined;
}

const usersOf = (url: string, secret: string): Promise<User[]> =>
  Promise.all(
    Array.from({ length: LOAD.users }, async () => {
      const who = { userId: randomUUID(), tenantId: NORTHWIND.id, ttlSeconds: 3600 };
      return { url, token: await signToken(secret, who), jobId: undefined };
    }),
  );

/** Users take turns to request a small export; in between, they look at one export and at the list equally often. */
export async function measureLoad(service: BenchService, secret: string, signal: AbortSignal): Promise<LoadFigures> {
  const users = await usersOf(service.url, secret);
  const posts: number[] = [];
  const gets: number[] = [];
  const failures: string[] = [];
  const pick = (turn: number): User => users[turn % users.length] ?? never();

  const post = async (turn: number): Promise<void> => {
    const user = pick(turn);
    user.jobId = (await createJob(user, escapedCsv)).job_id;
  };
  const get = async (turn: number): Promise<void> => {
    const user = pick(turn);
    const path = turn % 2 === 0 && user.jobId !== undefined ? `/v1/exports/${user.jobId}` : '/v1/exports?limit=20';
    await askApi(user, path);
  };
  await Promise.all([
    atRate(LOAD.postsPerSecond, post, { times: posts, failures }, signal),
    // Offset, so that the two kinds of requests don't coincide.
    sleep(3).then(() => atRate(LOAD.getsPerSecond, get, { times: gets, failures }, signal)),
  ]);
  return { post: answersOf(posts), get: answersOf(gets), failures };
}

/** Starts `work` at a fixed rate, whether earlier calls have ended or not, and records how long each took. */
async function atRate(
  perSecond: number,
  work: (turn: number) => Promise<void>,
  { times, failures }: { readonly times: number[]; readonly failures: string[] },
  signal: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  const turns = perSecond * (LOAD.warmUpSeconds + LOAD.seconds);
  const running: Promise<void>[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const due = begun + (turn * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal });
    running.push(
      work(turn)
        .catch((error: unknown) => failures.push(messageOf(error)))
        .then(() => {
          if (due - begun >= LOAD.warmUpSeconds * 1000) times.push(performance.now() - due);
        }),
    );
  }
  await Promise.all(running);
}

const answersOf = (times: readonly number[]): Answers => ({
  count: times.length,
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  worst: Math.max(...times),
});

function never(): never {
  throw new RangeError('There are no users.');
}
