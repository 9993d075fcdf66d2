import { createParser } from 'eventsource-parser';
import type { ListedJob } from '../../shared/job/schema.js';
import type { Client } from './client.js';
import { Refusal } from './refusal.js';

/** `EventSource` sends no bearer token, so that the stream is read by fetch. */

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** The service says every 15 s that it is still there. A line that is silent for longer is dead. */
const SILENCE_MS = 40_000;
/** Answers that stay the same however often one asks. */
const FINAL: readonly number[] = [400, 401, 403, 404, 410];

export interface Watcher {
  readonly onJob: (job: ListedJob) => void;
  /** Whether what was shown last is what is. */
  readonly onLine: (connected: boolean) => void;
}

/** Tells how far an export is until it has ended, the signal is aborted, or the service will not tell. Never rejects. */
export async function watchJob(client: Client, jobId: string, watcher: Watcher, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const outcome = await listen(client, jobId, watcher, signal);
    if (outcome === 'over') return;
    failures = outcome === 'heard' ? 1 : failures + 1;
    watcher.onLine(false);
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    // At random, so that many pages do not come back at once to a service that was restarted.
    await pause(longest * (0.5 + Math.random() / 2), signal);
  }
}

/** One connection. `heard`: it broke after it had told something. */
async function listen(
  client: Client,
  jobId: string,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<'over' | 'heard' | 'failed'> {
  const silence = new AbortController();
  let timer = 0;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silence.abort();
    }, SILENCE_MS);
  };
  const told: { last: string | null } = { last: null };
  const outcome = () => (told.last === null ? 'failed' : told.last === 'end' ? 'over' : 'heard');
  const parser = createParser({
    onEvent({ event = '', data }) {
      told.last = event;
      // Connecting again is refused, and that ends the session.
      if (event === 'expired') return;
      watcher.onLine(true);
      watcher.onJob(JSON.parse(data) as ListedJob);
    },
  });
  try {
    alive();
    const body = await client.events(jobId, AbortSignal.any([signal, silence.signal]));
    const reader = body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      alive();
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
