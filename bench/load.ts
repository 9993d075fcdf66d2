import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signToken } from '../api/access/sign-token.js';
import { NORTHWIND } from '../dev/sample-data/tenants.js';
import { messageOf } from '../shared/errors.js';
import { ask, postExport, type Caller } from './job.js';
import { escapedCsv } from './requests.js';
import type { Service } from './service.js';
import { quantile } from './statistics.js';

/**
 * What clients ask of the API, at a rate that does not wait for answers. It begins to count when each user has asked
 * once, which starts the semaphores, and V8 has compiled what runs: services are not restarted every minute.
 */
export const LOAD = { users: 100, getsPerSecond: 190, postsPerSecond: 10, seconds: 30, warmUpSeconds: 15 } as const;

/** Answers to one kind of request, ms from when it was due: one that had to wait for its turn counts that, too. */
export interface Answers {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}
export interface LoadFigures {
  readonly post: Answers;
  readonly get: Answers;
  /** What was no success, and why. */
  readonly failures: readonly string[];
}

interface User extends Caller {
  /** The newest export that it has asked for. */
  jobId: string | undefined;
}

const usersOf = (url: string, secret: string): Promise<User[]> =>
  Promise.all(
    Array.from({ length: LOAD.users }, async () => {
      const who = { userId: randomUUID(), tenantId: NORTHWIND.id, ttlSeconds: 3600 };
      return { url, token: await signToken(secret, who), jobId: undefined };
    }),
  );

/** Each user in turn asks for a small export; in between, all look at theirs, at one as often as at the list. */
export async function measureLoad(service: Service, secret: string, signal: AbortSignal): Promise<LoadFigures> {
  const users = await usersOf(service.url, secret);
  const posts: number[] = [];
  const gets: number[] = [];
  const failures: string[] = [];
  const pick = (turn: number): User => users[turn % users.length] ?? never();

  const post = async (turn: number): Promise<void> => {
    const user = pick(turn);
    user.jobId = (await postExport(user, escapedCsv)).job_id;
  };
  const get = async (turn: number): Promise<void> => {
    const user = pick(turn);
    const path = turn % 2 === 0 && user.jobId !== undefined ? `/v1/exports/${user.jobId}` : '/v1/exports?limit=20';
    await ask(user, path);
  };
  await Promise.all([
    atRate(LOAD.postsPerSecond, post, { times: posts, failures }, signal),
    // Not at the very moments of the others.
    sleep(3).then(() => atRate(LOAD.getsPerSecond, get, { times: gets, failures }, signal)),
  ]);
  return { post: answersOf(posts), get: answersOf(gets), failures };
}

/** Starts the work so often a second, whether the earlier ones have ended or not, and notes how long each took. */
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
