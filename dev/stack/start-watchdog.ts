import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TSX } from './tsx.js';

export interface StackWatchdog {
  /** Lets it go; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Has a process of its own clean up after `recordFile` when this process ends without doing so, however it ends. */
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
  // It must not keep alive the process that it watches.
  child.unref();
  return {
    async stop() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
