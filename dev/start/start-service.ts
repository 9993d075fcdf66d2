import { CONTROL_QUEUE } from '../../shared/temporal/names.js';
import { connectTemporal, type TemporalClient } from '../../shared/temporal/client.js';
import type { ManagedProcess } from '../stack/managed-process.js';
import { isFree } from '../stack/ports.js';
import type { Progress } from '../stack/progress.js';
import { given, type Environment } from '../stack/stack-env.js';
import { PortTakenError, StackError } from '../stack/stack-error.js';
import type { Stack } from '../stack/stack.js';

export interface RunningService {
  /** The API's address. */
  readonly url: string;
  readonly processes: readonly ManagedProcess[];
}

const READY_LIMIT_MS = 60_000;
const USUAL_PORTS = [3000, 3001, 3002, 3003, 8080, 8081, 8082, 8083];

/**
 * Starts one API and one worker from source and waits until they are ready. Both know the API's real address, for links
 * and emails: on the port from the environment, or else on a usual one that is free.
 * @param token of a user; the API is ready when it accepts it
 */
export async function startApiAndWorker(
  stack: Stack,
  environment: Environment,
  token: string,
  progress: Progress,
): Promise<RunningService> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = stack.env;
  const temporal = connectTemporal({ connection: { address }, namespace });
  const wanted = given(environment, 'PORT');
  try {
    for (const port of wanted === undefined ? USUAL_PORTS : [parsePort(wanted)]) {
      const started = (await isFree(port))
        ? await startAt(port, { stack, temporal, environment, token, progress })
        : undefined;
      if (started !== undefined) return started;
    }
  } finally {
    await temporal.close();
  }
  if (wanted === undefined) {
    throw new StackError(`None of the ports ${USUAL_PORTS.join(', ')} is free for the API: set PORT to another one.`);
  }
  throw new StackError(`PORT is ${wanted} in your environment, but another process uses that port.`);
}

interface Starting {
  readonly stack: Stack;
  readonly temporal: TemporalClient;
  readonly environment: Environment;
  readonly token: string;
  readonly progress: Progress;
}

/** Undefined if another process took the port meanwhile. */
async function startAt(
  port: number,
  { stack, temporal, environment, token, progress }: Starting,
): Promise<RunningService | undefined> {
  const url = `http://127.0.0.1:${port}`;
  const publicUrl = { PUBLIC_URL: given(environment, 'PUBLIC_URL') ?? url };
  const worker = progress.step('Worker', () =>
    stack.launch({
      name: 'worker',
      args: ['worker/main.ts'],
      env: publicUrl,
      ready: { check: () => polls(temporal, stack.env.TEMPORAL_NAMESPACE), limitMs: READY_LIMIT_MS },
    }),
  );
  worker.catch(() => undefined);
  try {
    const api = await progress.step('API', (say) => {
      say(url);
      return stack.launch({
        name: 'API',
        args: ['api/main.ts'],
        // Serve its metrics on its own port, because METRICS_PORT is the worker's.
        env: { ...publicUrl, PORT: String(port), HOST: '127.0.0.1', METRICS_PORT: '' },
        ready: { check: () => answersUs(url, token), limitMs: READY_LIMIT_MS },
      });
    });
    return { url, processes: [api, await worker] };
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    await (await worker).stop();
    return undefined;
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new StackError(`PORT in your environment must be a number from 1 to 65535, not '${text}'.`);
}

/** Resolves when the API is ready and ours: another folder's API that took the port first would reject our token. */
async function answersUs(url: string, token: string): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  const headers = { authorization: `Bearer ${token}` };
  for (const path of ['/readyz', '/v1/datasets']) {
    const response = await fetch(url + path, { headers, signal });
    if (!response.ok) throw new StackError(await response.text());
  }
}

/** Resolves when a worker polls for workflow tasks; it starts to poll for activities at the same moment. */
async function polls({ client }: TemporalClient, namespace: string): Promise<void> {
  const taskQueue = { name: CONTROL_QUEUE };
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue });
  if (pollers.length === 0) throw new StackError(`no worker polls ${CONTROL_QUEUE} yet`);
}
