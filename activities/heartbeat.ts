import { Context } from '@temporalio/activity';

/** A cancel must arrive within 2 s. The worker sends at most one heartbeat a second. */
const EVERY_MS = 900;

/**
 * Heartbeats while the work runs, so that a cancel reaches it.
 * @param details for display; never a checkpoint, because heartbeats don't survive a crash reliably
 */
export async function heartbeating<T>(
  work: (signal: AbortSignal) => Promise<T>,
  details: () => unknown = () => null,
): Promise<T> {
  const context = Context.current();
  // A local activity can't heartbeat; its workflow's cancel reaches it within the worker.
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
