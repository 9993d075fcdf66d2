// @ts-check
import { parentPort, workerData } from 'node:worker_threads';

/**
 * The thread of watchdog.ts. JavaScript, because a process that runs from TypeScript sources compiles for its main
 * thread only. It counts its own ticks, so that a machine that slept has not been silent.
 */

const TICK_MS = 250;

/** @type {import('./watchdog.js').WatchdogSettings} */
const { limitMs, logLevel } = workerData;
/** @type {Map<string, import('./watchdog.js').RunningActivity>} */
const running = new Map();
/** Ticks since the last beat; null: a blocked main thread does not count yet. @type {number | null} */
let silent = null;
/** Ticks since the wish to stop. @type {number | null} */
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
  // Loaded only now: the thread takes half of the memory without it.
  const { pino } = await import('pino');
  // Written at once: what waits in this process is lost.
  const logger = pino({ name: 'export-worker', level: logLevel }, pino.destination({ dest: 1, sync: true }));
  logger.fatal({ reason, limitMs, left: [...running.values()] }, 'killed');
  process.kill(process.pid, 'SIGKILL');
}
