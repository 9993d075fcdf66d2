import { signToken } from '../../api/sign-token.js';
import { CONTROL_QUEUE } from '../../shared/contract.js';
import { connectTemporal, type TemporalClient } from '../../shared/infrastructure/temporal.js';
import { NORTHWIND } from '../sample-data/tenants.js';
import type { ManagedProcess } from '../stack/managed-process.js';
import { isFree } from '../stack/ports.js';
import type { Progress } from '../stack/progress.js';
import { PortTakenError, StackError } from '../stack/stack-error.js';
import type { Stack } from '../stack/stack.js';

export interface RunningService {
  /** The API's address. */
  readonly url: string;
  readonly processes: readonly ManagedProcess[];
}

const READY_LIMIT_MS = 60_000;
const USUAL_PORTS = [3000, 3001, 3002, 3003, 8080, 8081, 8082, 8083];

/** One API and one worker, from source, each ready for work. */
export async function startService(stack: Stack, progress: Progress): Promise<RunningService> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = stack.env;
  const temporal = connectTemporal({ connection: { address }, namespace });
  try {
    const [{ url, api }, worker] = await Promise.all([
      progress.step('API', async (say) => {
        const started = await startApi(stack);
        say(started.url);
        return started;
      }),
      progress.step('Worker', () =>
        stack.launch({
          name: 'worker',
          args: ['worker/main.ts'],
          ready: { check: () => polls(temporal, namespace), limitMs: READY_LIMIT_MS },
        }),
      ),
    ]);
    return { url, processes: [api, worker] };
  } finally {
    await temporal.close();
  }
}

/** On the port that the environment asks for, else on the usual one, else on another. */
async function startApi(stack: Stack): Promise<{ readonly url: string; readonly api: ManagedProcess }> {
  const { PORT: asked = '', PUBLIC_URL: publicUrl = '' } = process.env;
  for (const port of asked === '' ? USUAL_PORTS : [parsePort(asked)]) {
    if (!(await isFree(port))) continue;
    const url = `http://127.0.0.1:${port}`;
    const env = { PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: publicUrl === '' ? url : publicUrl };
    const ready = { check: () => answersUs(url, stack.env.JWT_SECRET), limitMs: READY_LIMIT_MS };
    try {
      return { url, api: await stack.launch({ name: 'API', args: ['api/main.ts'], env, ready }) };
    } catch (error) {
      if (!(error instanceof PortTakenError)) throw error;
    }
  }
  if (asked !== '') throw new StackError(`PORT is ${asked}, which another process uses.`);
  throw new StackError(`None of the ports ${USUAL_PORTS.join(', ')} is free for the API: set PORT.`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new StackError(`PORT must be a number from 1 to 65535, not '${text}'.`);
}

/** Resolves when the API is ready, and ours: another folder's, which took the port first, refuses our token. */
async function answersUs(url: string, jwtSecret: string): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  const [user] = NORTHWIND.users;
  const token = await signToken(jwtSecret, { userId: user.id, tenantId: NORTHWIND.id, ttlSeconds: 60 });
  const headers = { authorization: `Bearer ${token}` };
  for (const path of ['/readyz', '/v1/datasets']) {
    const response = await fetch(url + path, { headers, signal });
    if (!response.ok) throw new StackError(await response.text());
  }
}

/** Resolves when a worker asks for workflow tasks; it asks for activities at the same moment. */
async function polls({ client }: TemporalClient, namespace: string): Promise<void> {
  const taskQueue = { name: CONTROL_QUEUE };
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue });
  if (pollers.length === 0) throw new StackError(`no worker polls ${CONTROL_QUEUE} yet`);
}
