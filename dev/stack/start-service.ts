import { setTimeout as sleep } from 'node:timers/promises';
import type { StackContext } from './context.js';
import type { ManagedProcess } from './managed-process.js';
import { messageOf } from '../../shared/errors.js';
import { PortTakenError, StackError } from './stack-error.js';

const POLL_MS = 40;
const PORT_TAKEN =
  /address already in use|could not bind|bind: |port \d+ is (already in use|not available)|another process listens there/i;

export interface ReadyCheck {
  /** Rejects with the reason while the service is not ready. */
  readonly check: () => Promise<void>;
  readonly limitMs: number;
}

/**
 * Starts a process and waits until it is ready; kills it if that fails.
 * @throws PortTakenError if it reports that its port is in use
 * @throws StackError if it ends, or is not ready in time
 */
export async function startUntilReady(
  process: ManagedProcess,
  { check, limitMs }: ReadyCheck,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  await process.start();
  const ended = process.exited.then(async (exit) => {
    throw await failure(process, `exited immediately (${exit.signal ?? `code ${exit.code}`})`);
  });
  try {
    await Promise.race([ended, pollUntilReady(process, check, limitMs, signal)]);
    // Another server may have answered on a port that this process is just failing to bind.
    if (process.pid === undefined) await ended;
  } catch (error) {
    await process.kill();
    throw error;
  } finally {
    ended.catch(() => undefined);
  }
}

async function pollUntilReady(
  process: ManagedProcess,
  check: () => Promise<void>,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      await check();
      return;
    } catch (error) {
      if (process.pid === undefined) return;
      if (performance.now() > deadline) {
        throw await failure(process, `didn't answer within ${limitMs / 1000} s (${messageOf(error)})`);
      }
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function failure(process: ManagedProcess, what: string): Promise<StackError> {
  const tail = await process.logTail();
  if (PORT_TAKEN.test(tail)) return new PortTakenError(`${process.name}'s port is already in use.`);
  if (/no space left on device/i.test(tail)) return new StackError(`The disk is full: ${process.name} can't write.`);
  const lastLine = tail.split('\n').at(-1) ?? '';
  return new StackError(`${process.name} ${what}. Its log, ${process.logFile}, ends: ${lastLine}`);
}

/**
 * Retries `attempt` on other ports if another process took one between finding it free and binding it.
 * @param names the ports that `attempt` takes from `context.ports`
 */
export async function withFreePorts<T>(
  context: StackContext,
  names: readonly string[],
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PortTakenError) || tries === 5) throw error;
      context.ports.forget(names);
    }
  }
}
