import type { DatasetRegistry } from '../../shared/datasets/index.js';
import type { Logger } from '../../shared/process/logger.js';
import { NativeConnection } from '@temporalio/worker';
import { parseWorkerConfig, type WorkerConfig } from '../../shared/startup/config.js';
import type { Tuning } from '../../shared/temporal/inputs.js';
import { encryptedBy, type TemporalAddress } from '../../shared/temporal/client.js';
import { createWorker, type WorkerOptions } from '../../worker/create-worker.js';
import { openDeps } from '../../worker/open-deps.js';
import { DEEP } from './depth.js';

/** Settings that make a worker different from the usual one. */
export interface WorkerKind extends Partial<Pick<WorkerOptions, 'role' | 'deployment' | 'bundleFile' | 'drainMs'>> {
  /** A different `PAYLOAD_KEY` than the API's. */
  readonly payloadKey?: string;
  /** A different `MASK_KEY` than the API's. */
  readonly maskKey?: string;
}

export interface RunningWorker {
  stop(): Promise<void>;
}

interface WorkerContext {
  /** The environment variables of the service. */
  readonly env: Readonly<Record<string, string>>;
  readonly config: WorkerConfig;
  readonly registry: DatasetRegistry;
  readonly address: TemporalAddress;
  /** Active exports that a user may have. */
  readonly limit: number;
  readonly tuning: Tuning;
  readonly logger: Logger;
}

/** Runs a worker in this process until it is stopped. */
export async function runTestWorker(
  { env, config, registry, address, limit, tuning, logger }: WorkerContext,
  { payloadKey, maskKey, ...kind }: WorkerKind = {},
): Promise<RunningWorker> {
  const { PAYLOAD_KEY: keys, MASK_KEY } = parseWorkerConfig({
    ...env,
    ...(payloadKey === undefined ? {} : { PAYLOAD_KEY: payloadKey }),
    ...(maskKey === undefined ? {} : { MASK_KEY: maskKey }),
  });
  const { dataConverter } = encryptedBy(keys);
  const opened = await openDeps({ ...config, MASK_KEY }, registry, { ...address, ...encryptedBy(keys) }, logger);
  const connection = await NativeConnection.connect(address.connection);
  const worker = await createWorker({
    connection,
    namespace: address.namespace,
    dataConverter,
    deps: { ...opened.deps, limit, tuning },
    role: 'all',
    deployment: null,
    dataSlots: config.WORKER_DATA_SLOTS,
    drainMs: 500,
    heartbeatThrottleMs: 200,
    // Starting a thread costs a quarter of a second of CPU. Deep tests run workflows as in production.
    onMainThread: !DEEP,
    ...kind,
  });
  const run = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await run;
      await connection.close();
      await opened.close();
    },
  };
}
