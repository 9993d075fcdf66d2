import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TSX } from './tsx.js';

export interface StackWatchdog {
  /** Lets the watchdog finish; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts a separate process that cleans up after `recordFile` if this process ends without doing so. */
export function startStackWatchdog(recordFile: string): StackWatchdog {
  const script = fileURLToPath(new URL('./watchdog.ts', import.meta.url));
  const child = spawn(process.execPath, [...TSX, script, recordFile], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  child.stdin.on('error', () => undefined);
  // The watchdog must not keep this process alive.
  child.unref();
  return {
    async stop() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
