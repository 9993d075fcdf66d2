import { Runtime } from '@temporalio/worker';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { temporalLogger } from '../../worker/temporal-logger.js';
import { stack } from './stack.js';

let installed = false;

/**
 * Opens the log of a test run's workers, next to the services' logs, and makes the SDK write to it. Call it before
 * anything uses the SDK's runtime, which can't be replaced once it has started.
 */
export function openWorkerLog(): Logger {
  const logger = pino({ level: 'info' }, createWriteStream(join(stack().logDir, 'test-workers.log'), { flags: 'a' }));
  if (!installed) Runtime.install({ logger: temporalLogger(logger), shutdownSignals: [] });
  installed = true;
  return logger;
}
