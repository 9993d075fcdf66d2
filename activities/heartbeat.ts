import { Context } from '@temporalio/activity';

/** A cancel must arrive within 2 s. The worker sends at most one heartbeat a second. */
const EVERY_MS = 900;
/** If the heartbeat timeout is short, the number of heartbeats within it. */
const PER_TIMEOUT = 10;

/** @param timeoutMs the activity's heartbeat timeout; 0: it has none */
const intervalFor = (timeoutMs = 0): number =>
  timeoutMs === 0 ? EVERY_MS : Math.min(EVERY_MS, timeoutMs / PER_TIMEOUT);

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
  }, intervalFor(context.info.heartbeatTimeoutMs));
  try {
    context.heartbeat(details());
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
