import assert from 'node:assert/strict';
import { z } from 'zod';
import { signToken } from '../../api/access/sign-token.js';
import type { ErrorCode } from '../../shared/errors.js';
import { JobStore } from '../../shared/job/store.js';
import { createPool, type Pool } from '../../shared/postgres.js';
import type { Answer } from '../support/answer.js';
import { ask } from '../support/ask.js';
import { createMigratedDatabase, type TestDatabase } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { until } from '../support/exports.js';
import { Gate } from '../support/gate.js';
import { stack } from '../support/stack.js';
import { assertProblem } from './problems.js';
import { startProgram, type Program } from './programs.js';
import { seedFor, someone } from './support.js';

const LIMIT_MS = 2000;
const BACK_WITHIN_MS = 5000;
/** More than the API has database connections. */
const CROWD = 40;

type Part = 'jobs' | 'source' | 'temporal' | 's3';

describe('the API, while a service is down', function () {
  this.timeout(30_000);
  const me = someone();
  const [active, failed] = [seedFor(me), seedFor(me)];
  const failure = { code: 'INTERNAL', message: 'It broke.' } as const;
  const gates = new Map<Part, Gate>();
  let database: TestDatabase;
  let pool: Pool;
  /** Connects directly, without a gate. */
  let jobs: JobStore;
  let program: Program;
  let url: string;

  async function gate(part: Part, address: string): Promise<string> {
    const at = new URL(address);
    const made = await Gate.before(at.hostname, Number(at.port));
    gates.set(part, made);
    at.host = made.address;
    return at.href.replace(/\/$/, '');
  }

  before(async () => {
    const { env } = stack();
    database = await createMigratedDatabase();
    pool = createPool(database.url, { max: 1, name: 'test', onIdleError: () => undefined });
    jobs = new JobStore(pool);
    await jobs.insert(active);
    await jobs.markProcessing(active.jobId);
    await jobs.insertFailed(failed, failure);
    await pool.query('CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id uuid)');
    program = startProgram('api/main.ts', [], {
      ...env,
      DATABASE_URL: await gate('jobs', database.url),
      SOURCE_DATABASE_URL: await gate('source', database.url),
      S3_ENDPOINT: await gate('s3', env.S3_ENDPOINT),
      TEMPORAL_ADDRESS: (await gate('temporal', `http://${env.TEMPORAL_ADDRESS}`)).replace('http://', ''),
      HOST: '127.0.0.1',
      PORT: '0',
    });
    const port = await until('the API', () =>
      Promise.resolve(/"port":(\d+).*"msg":"listening"/.exec(program.stdout())?.[1]),
    );
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(() => Promise.all([...gates.values()].map((one) => one.open())));
  after(async () => {
    program.process.kill('SIGTERM');
    assert.equal(await program.ended, 0);
    for (const one of gates.values()) await one.refuse();
    await pool.end();
    await database.drop();
  });

  async function call(method: string, path: string, body?: object): Promise<Answer> {
    const { JWT_SECRET } = stack().env;
    const token = await signToken(JWT_SECRET, {
      ...me,
      scopes: ['exports:read', 'exports:write', 'exports:admin', 'operator:decode'],
      ttlSeconds: 60,
    });
    return ask(`${url}${path}`, method, JWT_SECRET, { authorization: `Bearer ${token}`, body });
  }
  const orders = { type: 'orders', format: 'csv' };
  const calls = {
    list: () => call('GET', '/v1/exports'),
    get: () => call('GET', `/v1/exports/${active.jobId}`),
    post: () => call('POST', '/v1/exports', orders),
    cancel: () => call('POST', `/v1/exports/${active.jobId}/cancel`),
    delete: async () => {
      const left = seedFor(me);
      await jobs.insertFailed(left, failure);
      return call('DELETE', `/v1/exports/${left.jobId}`);
    },
    download: () => call('GET', `/v1/exports/${failed.jobId}/download`),
    events: () => call('GET', `/v1/exports/${failed.jobId}/events`),
    deliveries: () => call('GET', `/v1/exports/${failed.jobId}/deliveries`),
    estimate: () => call('POST', '/v1/exports/estimate', orders),
    secret: () => call('GET', '/v1/webhooks/secret'),
    schedules: () => call('GET', '/v1/schedules'),
    erase: () => call('DELETE', `/v1/users/${someone().userId}/exports`),
    datasets: () => call('GET', '/v1/datasets'),
    health: () => call('GET', '/healthz'),
    metrics: () => call('GET', '/metrics'),
  };
  type Call = keyof typeof calls;

  /** For each service, the calls that fail while it is down. All others work as usual. */
  const parts: Readonly<Record<Part, { code: ErrorCode; named: string | null; refused: readonly Call[] }>> = {
    jobs: {
      code: 'JOB_STORE_UNAVAILABLE',
      named: 'job_store',
      refused: ['list', 'get', 'post', 'cancel', 'delete', 'download', 'events', 'deliveries', 'estimate', 'secret'],
    },
    source: { code: 'SOURCE_UNAVAILABLE', named: null, refused: ['estimate'] },
    temporal: {
      code: 'TEMPORARILY_UNAVAILABLE',
      named: 'temporal',
      refused: ['cancel', 'schedules', 'erase'],
    },
    s3: { code: 'STORAGE_UNAVAILABLE', named: 'object_store', refused: ['delete'] },
  };
  /** They need a worker, and none runs: `process.test.ts` covers a POST's deadline of five seconds. */
  const NEED_WORKER: readonly Call[] = ['post', 'erase'];
  const statuses: Partial<Record<Call, number>> = { cancel: 202, delete: 204, download: 409, datasets: 200 };

  async function asEver(name: Call): Promise<void> {
    const { status, text } = await calls[name]();
    assert.equal(status, statuses[name] ?? 200, `${name}: ${text}`);
  }

  /** Durations as the API logs them: on a busy machine, forty concurrent clients can't measure them. */
  function slowRequests(log: string): readonly string[] {
    const lines = log.split('\n').filter((line) => line.includes('"msg":"request"'));
    assert.ok(lines.length > CROWD / 4);
    return lines.filter((line) => requestSchema.parse(JSON.parse(line)).ms >= LIMIT_MS);
  }

  const requestSchema = z.object({ ms: z.number() });
  const readySchema = z.object({ missing: z.array(z.string()).default([]) });
  async function missingParts(): Promise<readonly string[]> {
    const { status, json } = await call('GET', '/readyz');
    const { missing } = readySchema.parse(json);
    assert.equal(status, missing.length === 0 ? 200 : 503);
    return missing;
  }

  for (const [part, { code, named, refused }] of Object.entries(parts) as [Part, (typeof parts)[Part]][]) {
    const others = (Object.keys(calls) as Call[]).filter(
      (name) => !refused.includes(name) && !NEED_WORKER.includes(name),
    );
    for (const way of ['refuse', 'silence'] as const) {
      const test = way === 'refuse' ? it : deeply;
      test(`${part}, ${way}: returns 503 within two seconds, serves what it can, and recovers by itself`, async () => {
        // Open connections first, so that they break or hang.
        await Promise.all(others.concat(refused.filter((name) => !NEED_WORKER.includes(name))).map(asEver));
        const gate = gates.get(part);
        assert(gate !== undefined);
        const logged = program.stdout().length;
        await gate[way]();

        const crowd = Array.from({ length: CROWD }, () => refused[0] ?? 'list');
        await Promise.all([
          ...[...refused, ...(part === 'jobs' ? crowd : [])].map(async (name) => {
            const answer = await calls[name]();
            assertProblem(answer, code);
            assert.equal(answer.headers.get('retry-after'), '5');
          }),
          ...others.map(asEver),
        ]);
        const missing = named === null ? [] : [named];
        await until('a current answer from /readyz', async () => {
          const found = await missingParts();
          return found.length === missing.length && found.every((name) => missing.includes(name));
        });
        assert.deepEqual(slowRequests(program.stdout().slice(logged)), []);

        await gate.open();
        const isReady = async (): Promise<boolean> => (await missingParts()).length === 0;
        await until('ready again', isReady, BACK_WITHIN_MS, () => 100);
        for (const name of refused) if (!NEED_WORKER.includes(name)) await asEver(name);
      });
    }
  }
});
