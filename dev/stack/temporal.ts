import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../shared/temporal/search-attributes.js';
import type { Service, StackContext } from './context.js';
import { SERVICE_DYNAMIC_CONFIG } from './dynamic-config.js';
import { findBinary } from './find-binary.js';
import { startUntilReady, withFreePorts } from './start-service.js';
import { StackError } from './stack-error.js';
import { temporalBinary } from './temporal-binary.js';

export interface Temporal extends Service {
  /** `host:port` of its gRPC frontend. */
  readonly address: string;
  /** Undefined if it has no Web UI. */
  readonly uiUrl: string | undefined;
  /** Path of the `temporal` program. */
  readonly cli: string;
}

/** Starts a Temporal server. */
export type StartTemporal = (context: StackContext) => Promise<Temporal>;

/** In command-line syntax: `ExportRows=Int`. */
const searchAttributes = SEARCH_ATTRIBUTES.map(
  ({ name, type }) => `${name}=${type.charAt(0)}${type.slice(1).toLowerCase()}`,
);

const DYNAMIC_CONFIG = [
  // The dev server has one shard, whose queues are read at most 20 times a second by default: every timer and every
  // activity after a workflow's first would wait 50 ms.
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.visibilityProcessorMaxPollRPS=2000',
  // Minimum delay of timers and activity retries; the default is one second.
  'history.timerProcessorMaxTimeShift="10ms"',
  'frontend.WorkflowPauseEnabled=true',
  ...Object.entries(SERVICE_DYNAMIC_CONFIG).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
];

/** Finds the `temporal` program on this machine, or installs it into the cache. */
export async function findTemporal(context: StackContext): Promise<string> {
  const { cacheDir, environment, signal } = context;
  return context.progress.step('Temporal CLI', (say) =>
    findBinary(temporalBinary, { cacheDir, environment, say, signal }),
  );
}

/** Starts the Temporal dev server with its Web UI. Its history survives a restart. */
export async function startTemporal(context: StackContext): Promise<Temporal> {
  return context.progress.step('Temporal', async (say) => {
    const { cacheDir, environment, signal } = context;
    const cli = await findBinary(temporalBinary, { cacheDir, environment, say, signal });
    await mkdir(join(context.dataDir, 'temporal'), { recursive: true });
    const names = ['temporal', 'temporal-ui', 'temporal-http', 'temporal-metrics'];
    return withFreePorts(context, names, async () => {
      const service = await makeService(context, cli);
      say(`starting on ${service.address}`);
      await service.start();
      say(service.address);
      return service;
    });
  });
}

async function makeService(context: StackContext, cli: string): Promise<Temporal> {
  const { ports } = context;
  const port = await ports.take('temporal');
  const uiPort = await ports.take('temporal-ui');
  const httpPort = await ports.take('temporal-http');
  const metricsPort = await ports.take('temporal-metrics');
  const folder = join(context.dataDir, 'temporal');
  const server = context.process({
    name: 'Temporal',
    command: cli,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`],
      ...['--http-port', `${httpPort}`, '--metrics-port', `${metricsPort}`],
      ...['--ui-disable-news-fetch', '--log-level', 'error'],
      ...DYNAMIC_CONFIG.flatMap((setting) => ['--dynamic-config-value', setting]),
      ...searchAttributes.flatMap((attribute) => ['--search-attribute', attribute]),
      // Stored in a file, so that a restart keeps the history.
      ...['--db-filename', join(folder, 'history.sqlite'), '--sqlite-pragma', 'journal_mode=wal'],
      ...['--sqlite-pragma', `synchronous=${context.throwaway ? 'off' : 'normal'}`],
    ],
    // The user's own configuration file must not affect this server.
    env: {
      ...{ PATH: context.environment.PATH, HOME: folder, TMPDIR: context.environment.TMPDIR },
      // Garbage collection took a quarter of its CPU; collecting less often costs 160 MB.
      GOGC: '400',
    },
    cwd: folder,
    stopSignal: context.throwaway ? 'SIGKILL' : 'SIGTERM',
    stopLimitMs: 10_000,
  });
  const check = (): Promise<void> => answers(`http://127.0.0.1:${httpPort}`);
  return {
    name: 'Temporal',
    address: `127.0.0.1:${port}`,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    cli,
    get pid() {
      return server.pid;
    },
    start: () => startUntilReady(server, { check, limitMs: 60_000 }, context.signal),
    stop: () => server.stop(),
  };
}

/** It is ready once it has registered the search attributes, its last startup step. */
async function answers(httpApi: string): Promise<void> {
  const response = await fetch(`${httpApi}/api/v1/namespaces/default/search-attributes`, {
    signal: AbortSignal.timeout(2_000),
  });
  const text = await response.text();
  if (!response.ok) throw new StackError(`it answered ${response.status}`);
  const missing = SEARCH_ATTRIBUTES.map(({ name }) => name).filter((name) => !text.includes(`"${name}"`));
  if (missing.length > 0) throw new StackError(`search attributes ${missing.join(', ')} are not registered yet`);
}
