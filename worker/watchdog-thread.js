// @ts-check
import { write } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * The thread of watchdog.ts. JavaScript, because a process that runs TypeScript sources compiles only for its main
 * thread. It counts its own ticks, so that time in which the machine slept does not count.
 */

const TICK_MS = 250;
const LOG_WITHIN_MS = 1000;

/** @type {import('./watchdog.js').WatchdogSettings} */
const { limitMs, logLevel } = workerData;
/** @type {Map<string, import('./watchdog.js').RunningActivity>} */
const running = new Map();
/** Ticks since the last beat; null: a blocked main thread does not count yet. @type {number | null} */
let silent = null;
/** Ticks since the process was told to stop. @type {number | null} */
let stopping = null;

parentPort?.on('message', (/** @type {import('./watchdog.js').WatchdogMessage} */ message) => {
  if (message.kind === 'beat') silent = message.isDebugged ? null : 0;
  else if (message.kind === 'stop') stopping ??= 0;
  else if (message.kind === 'started') running.set(message.id, message.activity);
  else running.delete(message.id);
});

const ticks = setInterval(() => {
  if (silent !== null) silent += 1;
  if (stopping !== null) stopping += 1;
  if ((stopping ?? 0) * TICK_MS >= limitMs) void kill('it did not stop in time');
  else if ((silent ?? 0) * TICK_MS >= limitMs) void kill('its main thread was blocked');
}, TICK_MS);

/** @param {string} reason */
async function kill(reason) {
  clearInterval(ticks);
  const end = () => process.kill(process.pid, 'SIGKILL');
  // Exit even if the line is never written: a log that nobody reads may be what blocks the main thread, and would block
  // this one, too.
  setTimeout(end, LOG_WITHIN_MS);
  // Loaded on demand: without it the thread needs half the memory.
  const { pino } = await import('pino');
  // Bypasses the main thread, which would otherwise have to forward this thread's output.
  const standardOutput = { write: (/** @type {string} */ line) => write(1, line, end) };
  const logger = pino({ name: 'export-worker', level: logLevel }, standardOutput);
  logger.fatal({ reason, limitMs, left: [...running.values()] }, 'killed');
}
