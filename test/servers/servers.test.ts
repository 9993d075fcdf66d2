import assert from 'node:assert/strict';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import { JOBS_DATABASE, SOURCE_DATABASE } from '../../dev/stack/postgres.js';
import { POOLER_VARIABLE } from '../support/database.js';
import { describeDeeply, LONG } from '../support/depth.js';
import { orSkip } from '../support/or-skip.js';
import { stackWith } from '../support/stack.js';
import { stackOnTemporalServer } from '../support/temporal-server.js';
import { startDebianPostgres } from './debian-postgres.js';
import { startPgBouncer, type PooledPostgres } from './pgbouncer.js';
import { RUN_LIMIT_MS, runTests } from './run-tests.js';

interface Servers {
  /** Environment of a test run. */
  readonly env: StackEnv;
  stop(): Promise<void>;
}

/** Tests that every CI run repeats on these servers. */
const TENANTS = 'test/access/row-level-security.test.ts';
const CANCEL = 'test/workflows/cancel.test.ts';
const DEATH = 'test/workflows/worker-death.test.ts';
const SCHEDULES = ['test/schedules', 'test/limits/max-schedules.test.ts'];

/** Kills (`kill -9`) and freezes workers. Only long runs do so with sorted exports, which use no more of a server. */
const KILLED = ['test/e2e/worker-processes.test.ts', ...(LONG ? [] : ['--grep', 'killed midway: another|freeze'])];

/** Third-party servers that no other test runs on. */
const SERVERS: Readonly<
  Record<
    string,
    {
      readonly start: (context: Mocha.Context) => Promise<Servers>;
      readonly few: readonly string[];
      /** Whether every CI run kills workers on it. Long runs kill them on all servers. */
      readonly kills?: true;
    }
  >
> = {
  'PostgreSQL 15 over verified TLS, with special characters in names and passwords': {
    start: () => stackWith(['postgres'], { startPostgres: startDebianPostgres }),
    few: [TENANTS],
  },
  'PostgreSQL 15 behind PgBouncer in transaction mode': {
    start: startPooled,
    few: [TENANTS, CANCEL],
    kills: true,
  },
  'a Temporal server with its default settings': {
    start: (context) => stackOnTemporalServer(context),
    few: [CANCEL, ...SCHEDULES],
  },
};

/** Services connect through the pooler. */
async function startPooled(): Promise<Servers> {
  let started: Promise<PooledPostgres> | undefined;
  const stack = await stackWith(['postgres'], { startPostgres: (context) => (started = startPgBouncer(context)) });
  assert(started !== undefined);
  const { direct, port } = await started;
  const env = {
    DATABASE_URL: direct.url(JOBS_DATABASE),
    SOURCE_DATABASE_URL: direct.readerUrl(SOURCE_DATABASE),
    [POOLER_VARIABLE]: `${direct.port}=${port}`,
  };
  return { env: { ...stack.env, ...env }, stop: () => stack.stop() };
}

/** Tests that a long run repeats. The others inspect servers of their own, need a superuser, or pause workflows. */
const MANY = [
  TENANTS,
  CANCEL,
  DEATH,
  'test/access/permission.test.ts',
  'test/mails',
  ...SCHEDULES,
  ...[
    ...['account', 'cancel-too-late', 'ends', 'few-rows', 'generations', 'no-worker', 'odd-failures', 'reset', 'slots'],
    ...['sweep', 'unstorable'],
  ].map((name) => `test/workflows/${name}.test.ts`),
];

describeDeeply('the end-to-end tests', function () {
  this.timeout(2 * RUN_LIMIT_MS + 60_000);
  for (const [name, { start, few, kills = LONG }] of Object.entries(SERVERS)) {
    it(`pass on ${name}`, async function () {
      const servers = await orSkip(this, () => start(this));
      try {
        // Both runs end before the servers stop. They run in parallel, because tests that kill workers mostly wait.
        const runs = [runTests(LONG ? MANY : few, servers.env)];
        if (kills) runs.push(runTests(KILLED, servers.env, 'deep'));
        for (const end of await Promise.allSettled(runs)) if (end.status === 'rejected') throw end.reason;
      } finally {
        await servers.stop();
      }
    });
  }
});
