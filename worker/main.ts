import { NativeConnection, Runtime } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { ConfigError, deploymentOf, parseWorkerConfig, type WorkerConfig } from '../shared/startup/config.js';
import { DatasetError } from '../shared/datasets/index.js';
import { loadDatasets } from '../shared/datasets/load.js';
import { checkPublicUrl } from '../shared/startup/check-public-url.js';
import { measureProcess } from '../shared/process/metrics.js';
import { MetricsPortError, serveMetrics } from '../shared/process/metrics-server.js';
import { openTracing } from '../shared/process/tracing.js';
import { createLogger, type Logger } from '../shared/process/logger.js';
import { runMain, stopSignal } from '../shared/process/process.js';
import { temporalAddress, TemporalSettingsError } from '../shared/temporal/client.js';
import { parseWorkerArguments, type WorkerRole } from './arguments.js';
import { abandoned, CopyError, runCopies } from './copies.js';
import { createWorker } from './create-worker.js';
import { findMissing } from './find-missing.js';
import { openDeps } from './open-deps.js';
import { metricsPorts, sdkMetrics } from './metrics-ports.js';
import { temporalLogger } from './temporal-logger.js';
import { startWatchdog } from './watchdog.js';

/**
 * `npm run worker [-- --role control|data|all] [--processes N]`: any number of copies. Configured by the environment,
 * except for options that differ between processes on one machine.
 */
async function main(): Promise<void> {
  const stop = Promise.race([stopSignal(), abandoned()]);
  const { role, processes } = parseWorkerArguments(process.argv.slice(2));
  const config = parseWorkerConfig(process.env);
  if (processes > 1) {
    const program = {
      file: fileURLToPath(import.meta.url),
      args: ['--role', role],
      count: processes,
      env: metricsPorts(config),
    };
    await runCopies(program, stop, createLogger('export-workers', config.LOG_LEVEL));
    return;
  }
  await runWorker(config, role, stop);
}

const NO_MAILS =
  'No emails are sent: neither RESEND_API_KEY nor SMTP_URL is set. Exports that should send one list it as skipped.';

/** Runs one worker until `stop` resolves. */
async function runWorker(config: WorkerConfig, role: WorkerRole, stop: Promise<unknown>): Promise<void> {
  const watchdog = startWatchdog({ drainMs: config.WORKER_DRAIN, logLevel: config.LOG_LEVEL });
  void stop.then(watchdog.stopping);
  const registry = await loadDatasets(config.DATASETS_MODULE, config.JWT_TENANT_CLAIM !== null, config.MASK_KEY);
  const address = temporalAddress(config.PAYLOAD_KEY);
  const logger = createLogger('export-worker', config.LOG_LEVEL);
  installRuntime(config, logger);
  const tracing = await openTracing(config, 'export-worker');
  const opened = await openDeps(config, registry, address, logger, tracing);
  const { deps, jobsPool, registry: measured } = opened;
  measureProcess(measured);
  let connection: NativeConnection | undefined;
  try {
    const missing = await findMissing(
      { source: deps.source, registry, jobs: jobsPool, store: deps.store, client: deps.temporal.client },
      logger,
    );
    if (missing.length > 0) throw new StartError(missing.join('\n'));
    const unreachable = checkPublicUrl(config);
    if (unreachable !== null) logger.warn({ setting: 'PUBLIC_URL' }, unreachable);
    if (deps.mailer === null && role !== 'data') logger.warn({ setting: 'RESEND_API_KEY' }, NO_MAILS);
    const { METRICS_PORT: port, METRICS_HOST: host } = config;
    if (port !== undefined) await serveMetrics(() => measured.metrics(), { host, port });
    connection = await NativeConnection.connect(address.connection);
    const { WORKER_DATA_SLOTS: dataSlots, WORKER_DRAIN: drainMs } = config;
    const { namespace, dataConverter } = address;
    const deployment = deploymentOf(config);
    const traces = tracing === null ? null : (await import('./trace-worker.js')).traceWorker(tracing);
    const worker = await createWorker({
      connection,
      namespace,
      dataConverter,
      deps,
      role,
      deployment,
      dataSlots,
      drainMs,
      traces,
      watched: watchdog.activities,
    });
    void stop.then(() => {
      logger.info({ drainMs }, 'draining');
      worker.shutdown();
    });
    watchdog.watch();
    logger.info({ role, dataSlots, datasets: [...registry.keys()], temporal: address.connection.address }, 'working');
    await worker.run();
    logger.info('drained');
  } finally {
    await connection?.close();
    await opened.close();
    await tracing?.close();
  }
}

function installRuntime(config: WorkerConfig, logger: Logger): void {
  // We handle signals ourselves: the SDK would only shut down its own workers and leave the rest of the process
  // running.
  Runtime.install({
    logger: temporalLogger(logger),
    shutdownSignals: [],
    // Without `forward`, the SDK's core would write its own colored lines between the JSON.
    telemetryOptions: { ...sdkMetrics(config), logging: { forward: {} } },
  });
}

/** Reasons why a worker can't start, one sentence per line. */
class StartError extends Error {
  override readonly name = 'StartError';
}

await runMain(main, [ConfigError, CopyError, DatasetError, MetricsPortError, StartError, TemporalSettingsError]);
