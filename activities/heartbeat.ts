import { Context } from '@temporalio/activity';

/** Within the 2 s that DESIGN promises; the worker throttles what is sent to one a second. */
const EVERY_MS = 900;

/**
 * Heartbeats while the work runs, whatever it waits for, so that a cancel reaches it.
 * @param details what is displayed; never a checkpoint, because they do not survive a crash reliably
 */
export async function heartbeating<T>(
  work: (signal: AbortSignal) => Promise<T>,
  details: () => unknown = () => null,
): Promise<T> {
  const context = Context.current();
  // A local activity has nobody to report to; the cancel of its workflow reaches it within the worker.
  if (context.info.isLocal) return work(context.cancellationSignal);
  const timer = setInterval(() => {
    context.heartbeat(details());
  }, EVERY_MS);
  try {
    context.heartbeat(details());
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
