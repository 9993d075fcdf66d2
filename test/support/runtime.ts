import { Runtime } from '@temporalio/worker';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { temporalLogger } from '../../worker/temporal-logger.js';
import { stack } from './stack.js';

let installed = false;

/**
 * Opens the log of a test run's workers, beside the services' logs, and has the SDK write to it, too. Call before
 * anything that uses the SDK's runtime: one that started by itself can't be replaced in the whole process.
 */
export function openWorkerLog(): Logger {
  const logger = pino({ level: 'info' }, createWriteStream(join(stack().logDir, 'test-workers.log'), { flags: 'a' }));
  if (!installed) Runtime.install({ logger: temporalLogger(logger), shutdownSignals: [] });
  installed = true;
  return logger;
}
