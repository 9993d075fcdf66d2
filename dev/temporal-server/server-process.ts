import type { Service, StackContext } from '../stack/context.js';
import { StackError } from '../stack/stack-error.js';
import { startUntilReady } from '../stack/start-service.js';

/** Each service of the server has a gRPC port and a membership port, through which the services find each other. */
const GRPC_PORT = 'FRONTEND_GRPC_PORT';
const HTTP_PORT = 'FRONTEND_HTTP_PORT';
export const PORTS: readonly string[] = [
  ...['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'].flatMap((service) => [
    `${service}_GRPC_PORT`,
    `${service}_MEMBERSHIP_PORT`,
  ]),
  HTTP_PORT,
];
const READY_MS = 120_000;

interface ServerProcess extends Service {
  readonly address: string;
}

/**
 * Runs a Temporal server with all four services, configured by the template inside the program, as in Temporal's image.
 * @param settings variables of that template, other than addresses
 */
export async function serverProcess(
  context: StackContext,
  command: string,
  settings: NodeJS.ProcessEnv,
): Promise<ServerProcess> {
  const ports: Record<string, string> = {};
  for (const name of PORTS) ports[name] = String(await context.ports.take(name));
  const server = context.process({
    name: 'Temporal server',
    command,
    args: ['start'],
    env: {
      ...{ PATH: context.environment.PATH, HOME: context.dataDir, BIND_ON_IP: '127.0.0.1', LOG_LEVEL: 'error' },
      ...settings,
      ...ports,
      // As in docker-compose.temporal.yml.
      GOGC: '400',
    },
    cwd: context.dataDir,
    stopSignal: context.throwaway ? 'SIGKILL' : 'SIGTERM',
    stopLimitMs: 20_000,
  });
  const check = (): Promise<void> => answers(`http://127.0.0.1:${ports[HTTP_PORT] ?? ''}`);
  return {
    name: 'Temporal server',
    address: `127.0.0.1:${ports[GRPC_PORT] ?? ''}`,
    get pid() {
      return server.pid;
    },
    start: () => startUntilReady(server, { check, limitMs: READY_MS }, context.signal),
    stop: () => server.stop(),
  };
}

/** It creates its own namespace at its first start. */
async function answers(httpApi: string): Promise<void> {
  const { ok, status } = await fetch(`${httpApi}/api/v1/namespaces/temporal-system`, {
    signal: AbortSignal.timeout(2_000),
  });
  if (!ok) throw new StackError(`it answered ${status}`);
}
