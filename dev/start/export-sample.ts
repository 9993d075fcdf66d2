import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../stack/progress.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from '../stack/stack-error.js';
import { startedExportSchema, type StartedExport } from './job.js';
import { progressBar } from './progress-bar.js';
import type { SignedIn } from './sign-in.js';

const POLL_MS = 200;
/** How long to retry a 503, which means that no worker has answered yet. */
const PATIENCE_MS = 60_000;
const FORBIDDEN = 403;

export interface FinishedExport {
  readonly jobId: string;
  readonly rows: number;
  readonly bytes: number;
  /** Time from the request to the finished file. */
  readonly seconds: number;
  readonly fileKey: string;
  readonly downloadUrl: string;
}

export interface SampleExport {
  /** Base URL of the API. */
  readonly url: string;
  readonly user: SignedIn;
  /** The datasets to choose from. */
  readonly datasets: readonly string[];
  /** Receives a webhook when the export ends, in addition to the email. */
  readonly webhookUrl?: string;
}

/**
 * Exports the first dataset that the user may export as CSV through the public API, and shows the progress.
 * @returns undefined if the user may not export any of them
 * @throws StackError if it fails
 */
export async function exportSample(
  sample: SampleExport,
  progress: Progress,
  signal: AbortSignal,
): Promise<FinishedExport | undefined> {
  const { url, user } = sample;
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  let job = await progress.step('POST /v1/exports', () => post(sample, signal));
  if (job === undefined) return undefined;
  const at = `${url}/v1/exports/${job.job_id}`;
  try {
    while (job.status === 'QUEUED' || job.status === 'PROCESSING') {
      progress.status(progressBar(job, seconds()));
      await sleep(POLL_MS, undefined, { signal });
      job = startedExportSchema.parse(await read(await request(at, {}, user.token, signal), at));
    }
    progress.line(progressBar(job, seconds()));
  } finally {
    progress.status(undefined);
  }
  const { job_id: jobId, row_count: rows, file_size: bytes, file_key: fileKey, download_url: downloadUrl } = job;
  if (job.status !== 'COMPLETED' || rows === null || bytes === null || fileKey === null || downloadUrl === null) {
    throw new StackError(`Export ${jobId} is ${job.status}: ${job.error_message ?? 'no reason was given.'}`);
  }
  return { jobId, rows, bytes, seconds: seconds(), fileKey, downloadUrl };
}

/** Requests the datasets in order until one is permitted. */
async function post(
  { url, user, datasets, webhookUrl }: SampleExport,
  signal: AbortSignal,
): Promise<StartedExport | undefined> {
  const at = `${url}/v1/exports`;
  const notify = { email: user.email, ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }) };
  for (const type of datasets) {
    const body = JSON.stringify({ type, format: 'CSV', notify });
    const response = await request(at, { method: 'POST', body }, user.token, signal);
    if (response.status !== FORBIDDEN) return startedExportSchema.parse(await read(response, at));
  }
  return undefined;
}

async function read(response: Response, url: string): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new StackError(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Retries while no worker has answered. */
async function request(url: string, init: RequestInit, token: string, signal: AbortSignal): Promise<Response> {
  const deadline = performance.now() + PATIENCE_MS;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (;;) {
    const response = await fetch(url, { ...init, headers, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new StackError(`${url} isn't responding: ${messageOf(error)}.`, { cause: error });
    });
    if (response.status !== 503 || performance.now() > deadline) return response;
    await response.body?.cancel();
    await sleep(POLL_MS, undefined, { signal });
  }
}
