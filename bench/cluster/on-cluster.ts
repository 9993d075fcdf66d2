import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVICE_DYNAMIC_CONFIG } from '../../dev/stack/dynamic-config.js';
import { folderElsewhere } from '../../dev/stack/postgres-home.js';
import { startStack } from '../../dev/stack/stack.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { startTemporalServer, type TemporalServer } from '../../dev/temporal-server/start.js';
import { BENCH_DIR, benchEnvironment } from '../bench-stack.js';
import type { Lab } from '../lab.js';

/**
 * Runs `work` with the real Temporal server instead of the dev server, which is stopped meanwhile. The rest of the lab
 * stays. The server's data is durable, as in production, starts empty and is deleted at the end.
 */
export async function onCluster<T>(lab: Lab, shards: number, work: (cluster: Lab) => Promise<T>): Promise<T> {
  const { stack, progress, signal } = lab;
  const dataDir = join(BENCH_DIR, `cluster-${shards}`);
  await removeData(dataDir);
  await stack.services.temporal.stop();
  try {
    const environment = { ...benchEnvironment(), ...stack.env, TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '' };
    let server: TemporalServer | undefined;
    const beside = await startStack({
      ...{ dataDir, progress, signal, environment },
      startTemporal: async (context) =>
        (server = await startTemporalServer(context, { shards, dynamicConfig: SERVICE_DYNAMIC_CONFIG })),
    });
    try {
      if (server === undefined) throw new StackError('The environment names a Temporal server.');
      const clusterStack = {
        ...stack,
        env: { ...stack.env, TEMPORAL_ADDRESS: server.address },
        services: { ...stack.services, temporal: server },
        temporalPostgres: server.postgres,
      };
      return await work({ ...lab, stack: clusterStack });
    } finally {
      await beside.stop();
    }
  } finally {
    await removeData(dataDir);
    await stack.services.temporal.start();
  }
}

async function removeData(dataDir: string): Promise<void> {
  const folders = [dataDir, folderElsewhere(join(dataDir, 'temporal-server'))];
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
