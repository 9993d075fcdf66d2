import { createParser } from 'eventsource-parser';
import type { ListedJob } from '../../shared/job/schema.js';
import type { Client } from './client.js';
import { Refusal } from './refusal.js';

/** `EventSource` can't send a bearer token, so fetch reads the stream. */

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** The service sends a comment every 15 s, so a connection that is silent for this long is dead. */
const SILENCE_MS = 40_000;
/** HTTP statuses for which retrying is pointless. */
const FINAL: readonly number[] = [400, 401, 403, 404, 410];

export interface Watcher {
  readonly onJob: (job: ListedJob) => void;
  /** Called when the connection is established or lost. */
  readonly onConnection: (connected: boolean) => void;
}

/**
 * Reports an export's state until it has ended, the signal is aborted, or the service refuses to report it. Reconnects
 * after a failure. Never rejects.
 */
export async function watchJob(client: Client, jobId: string, watcher: Watcher, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const outcome = await listen(client, jobId, watcher, signal);
    if (outcome === 'over') return;
    failures = outcome === 'heard' ? 1 : failures + 1;
    watcher.onConnection(false);
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    // Random, so that many pages don't reconnect at once after the service restarts.
    await pause(longest * (0.5 + Math.random() / 2), signal);
  }
}

/** Reads one connection. `heard`: it broke after at least one event. */
async function listen(
  client: Client,
  jobId: string,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<'over' | 'heard' | 'failed'> {
  const silence = new AbortController();
  let timer = 0;
  const restartSilenceTimer = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silence.abort();
    }, SILENCE_MS);
  };
  const latest: { event: string | null } = { event: null };
  const outcome = () => (latest.event === null ? 'failed' : latest.event === 'end' ? 'over' : 'heard');
  const parser = createParser({
    onEvent({ event = '', data }) {
      latest.event = event;
      // Reconnecting gets a 401, which ends the session, or a 404, which ends the watch.
      if (event === 'expired' || event === 'gone') return;
      watcher.onConnection(true);
      watcher.onJob(JSON.parse(data) as ListedJob);
    },
  });
  try {
    restartSilenceTimer();
    const body = await client.events(jobId, AbortSignal.any([signal, silence.signal]));
    const reader = body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      restartSilenceTimer();
      parser.feed(decoder.decode(value, { stream: true }));
    }
    return outcome();
  } catch (error) {
    return error instanceof Refusal && FINAL.includes(error.status) ? 'over' : outcome();
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, signal.aborted ? 0 : ms);
    signal.addEventListener('abort', done);
  });
}
