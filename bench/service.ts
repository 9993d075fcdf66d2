import { join } from 'node:path';
import { signToken } from '../api/access/sign-token.js';
import { NORTHWIND } from '../dev/sample-data/tenants.js';
import { createNamespace } from '../dev/stack/create-namespace.js';
import type { ManagedProcess } from '../dev/stack/managed-process.js';
import { MEMORY_ENV } from '../dev/stack/memory-env.js';
import { Ports } from '../dev/stack/ports.js';
import { environmentFor } from '../dev/stack/stack-env.js';
import { StackError } from '../dev/stack/stack-error.js';
import type { Stack } from '../dev/stack/stack.js';
import { CONTROL_QUEUE } from '../shared/temporal/names.js';
import { migrate } from '../shared/job/migrate.js';
import { connectTemporal, type TemporalClient } from '../shared/temporal/client.js';
import type { WorkerRole } from '../worker/arguments.js';
import { setUpTemporal } from '../worker/set-up-temporal.js';
import { BENCH_DIR, benchEnvironment } from './bench-stack.js';
import { urlOfDatabase, recreateDatabase } from './databases.js';
import { JobWatch } from './job-watch.js';
import type { Programs } from './programs.js';

const READY_MS = 60_000;
const TOKEN_SECONDS = 86_400;

const PROFILED = ['--cpu-prof', `--cpu-prof-dir=${join(BENCH_DIR, 'profiles')}`];

export interface BenchServiceOptions {
  /** Name of its namespace, job database and logs. */
  readonly name: string;
  /** The folder of the compiled service. */
  readonly dist: string;
  readonly sourceUrl: string;
  readonly s3Endpoint: string;
  /** Extra variables for the API and the workers. */
  readonly env?: Readonly<Record<string, string>>;
  readonly segmentsInFlight: number;
  /** The role of each worker process; default: a single one that does everything. */
  readonly workers?: readonly WorkerRole[];
  /** Whether each process writes a CPU profile into the benchmark's folder when it ends. */
  readonly cpuProfile: boolean;
}

/** One API and its workers, as in production, with their own namespace and job database. */
export interface BenchService {
  readonly url: string;
  readonly token: string;
  readonly temporal: TemporalClient;
  readonly jobs: JobWatch;
  readonly api: ManagedProcess;
  readonly workers: readonly ManagedProcess[];
  stop(): Promise<void>;
}

export async function startBenchService(
  stack: Stack,
  programs: Programs,
  options: BenchServiceOptions,
): Promise<BenchService> {
  const { name, dist, sourceUrl, s3Endpoint, cpuProfile, workers: roles = ['all'] } = options;
  const namespace = `bench-${name}`;
  const url = await createJobDatabase(stack.env.DATABASE_URL, `bench_jobs_${name}`);
  const temporal = await openNamespace(stack.env.TEMPORAL_ADDRESS, namespace);

  const port = await new Ports(join(BENCH_DIR, `ports-${name}.json`)).take('api');
  const apiUrl = `http://127.0.0.1:${port}`;
  const env = {
    ...MEMORY_ENV,
    ...environmentFor(stack.env, benchEnvironment()),
    ...{ DATABASE_URL: url, SOURCE_DATABASE_URL: sourceUrl, S3_ENDPOINT: s3Endpoint, TEMPORAL_NAMESPACE: namespace },
    ...{
      PORT: String(port),
      HOST: '127.0.0.1',
      PUBLIC_URL: apiUrl,
      SEGMENTS_IN_FLIGHT: String(options.segmentsInFlight),
    },
    ...options.env,
  };
  const [user] = NORTHWIND.users;
  const claims = { userId: user.id, tenantId: NORTHWIND.id, ttlSeconds: TOKEN_SECONDS };
  const token = await signToken(stack.env.JWT_SECRET, claims);
  const launch = (
    program: 'api' | 'worker',
    id: string,
    check: () => Promise<void>,
    args: readonly string[] = [],
  ): Promise<ManagedProcess> =>
    programs.launch({
      name: `${program}-${id}`,
      command: process.execPath,
      args: [...(cpuProfile ? PROFILED : []), join(dist, program, 'main.js'), ...args],
      env,
      ready: { check, limitMs: READY_MS },
    });
  const pollers = roles.filter((role) => role !== 'data').length;
  const [api, ...workers] = await Promise.all([
    launch('api', name, () => answers(apiUrl, token)),
    ...roles.map((role, index) => {
      const id = index === 0 ? name : `${name}-${index + 1}`;
      return launch('worker', id, () => poll(temporal, namespace, pollers), ['--role', role]);
    }),
  ]);
  const watch = await JobWatch.open(url);
  const stop = async (): Promise<void> => {
    await programs.stop([api, ...workers]);
    await Promise.all([temporal.close(), watch.close()]);
  };
  return { url: apiUrl, token, temporal, jobs: watch, api, workers, stop };
}

async function createJobDatabase(server: string, name: string): Promise<string> {
  await recreateDatabase(server, name);
  const url = urlOfDatabase(server, name);
  await migrate(url);
  return url;
}

async function openNamespace(address: string, namespace: string): Promise<TemporalClient> {
  await createNamespace(address, namespace);
  const temporal = connectTemporal({ connection: { address }, namespace });
  await setUpTemporal(temporal, namespace);
  return temporal;
}

async function answers(url: string, token: string): Promise<void> {
  for (const path of ['/readyz', '/v1/datasets']) {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new StackError(await response.text());
  }
}

/** Resolves when this many workers poll for workflow tasks; they start to poll for activities at the same moment. */
async function poll({ client }: TemporalClient, namespace: string, workers: number): Promise<void> {
  const taskQueue = { name: CONTROL_QUEUE };
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue });
  if (pollers.length < workers) {
    throw new StackError(`only ${pollers.length} of ${workers} workers poll ${CONTROL_QUEUE} so far`);
  }
}
