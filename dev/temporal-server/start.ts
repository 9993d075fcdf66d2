import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectTemporal } from '../../shared/temporal/client.js';
import { registerSearchAttributes } from '../../worker/set-up-temporal.js';
import type { Service, StackContext } from '../stack/context.js';
import { createNamespace } from '../stack/create-namespace.js';
import { dynamicConfigFile, type DynamicConfig } from '../stack/dynamic-config.js';
import { Ports } from '../stack/ports.js';
import { startPostgres } from '../stack/postgres.js';
import { withFreePorts } from '../stack/start-service.js';
import { findTemporal, type Temporal } from '../stack/temporal.js';
import { temporalProgram } from './programs.js';
import { createSchema, databaseEnv, temporalDatabases } from './schema.js';
import { PORTS, serverProcess } from './server-process.js';

export interface TemporalServerOptions {
  /** Number of history shards, fixed when the databases are created. Default: 4, as in Temporal's image. */
  readonly shards?: number;
  /** Default: none, as on a managed server. */
  readonly dynamicConfig?: DynamicConfig;
  /** A PostgreSQL server on which to create Temporal's databases. Default: a new one, which ends with the stack. */
  readonly databaseUrl?: string;
  /** Name of the persistence database, for a shared PostgreSQL server. Default: `temporal`. */
  readonly databaseName?: string;
}

export interface TemporalServer extends Temporal {
  /** Its own PostgreSQL, unless it uses a shared one. */
  readonly postgres: Service | undefined;
}

/**
 * The real Temporal server with PostgreSQL for persistence and visibility, all four of its services in one process,
 * with a `default` namespace. Give it to a stack: `startStack({ startTemporal: (context) => startTemporalServer(…) })`.
 * @throws StackError when Go is missing, or the server does not build or start
 */
export async function startTemporalServer(
  context: StackContext,
  { shards = 4, dynamicConfig = {}, databaseUrl, databaseName = 'temporal' }: TemporalServerOptions = {},
): Promise<TemporalServer> {
  const { progress, signal } = context;
  const dataDir = join(context.dataDir, 'temporal-server');
  await mkdir(dataDir, { recursive: true });
  const own: StackContext = { ...context, dataDir, ports: new Ports(join(dataDir, 'ports.json')) };
  const cli = await findTemporal(context);
  const [program, sqlTool] = await progress.step('Temporal server, built from its Go module', async () => [
    await temporalProgram('server'),
    await temporalProgram('tools/sql'),
  ]);
  const { url, postgres } =
    databaseUrl === undefined ? await startOwnPostgres(own) : { url: databaseUrl, postgres: undefined };
  const databases = temporalDatabases(url, databaseName);
  return progress.step(`Temporal server, ${shards} history shards`, async (say) => {
    say('creating its tables');
    await createSchema(sqlTool, databases, signal);
    const dynamicConfigPath = join(dataDir, 'dynamic-config.json');
    await writeFile(dynamicConfigPath, dynamicConfigFile(dynamicConfig));
    const settings = {
      ...databaseEnv(databases),
      NUM_HISTORY_SHARDS: String(shards),
      DYNAMIC_CONFIG_FILE_PATH: dynamicConfigPath,
    };
    return withFreePorts(own, PORTS, async () => {
      const service = await serverProcess(own, program, settings);
      const { name, address } = service;
      say(`starting on ${address}`);
      await service.start();
      await createDefaultNamespace(address);
      say(address);
      return {
        ...{ name, address, uiUrl: undefined, cli, postgres },
        get pid() {
          return service.pid;
        },
        start: () => service.start(),
        stop: () => service.stop(),
      };
    });
  });
}

/** With the same search attributes as the dev server. */
async function createDefaultNamespace(address: string): Promise<void> {
  const namespace = 'default';
  await createNamespace(address, namespace);
  const temporal = connectTemporal({ connection: { address }, namespace });
  try {
    await registerSearchAttributes(temporal.client, namespace);
  } finally {
    await temporal.close();
  }
}

async function startOwnPostgres(context: StackContext) {
  const postgres = await startPostgres(context, { name: 'Temporal PostgreSQL', databases: [] });
  return { url: postgres.url('postgres'), postgres };
}
