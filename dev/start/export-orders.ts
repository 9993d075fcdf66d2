import { setTimeout as sleep } from 'node:timers/promises';
import { signToken } from '../../api/access/sign-token.js';
import type { SampleUser } from '../sample-data/tenants.js';
import type { Progress } from '../stack/progress.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from '../stack/stack-error.js';
import { startedExportSchema, type StartedExport } from './job.js';
import { progressBar } from './progress-bar.js';

const POLL_MS = 200;
const TOKEN_SECONDS = 7 * 86_400;
/** How long to retry a 503, which means that no worker has answered yet. */
const PATIENCE_MS = 60_000;

export interface FinishedExport {
  readonly jobId: string;
  readonly rows: number;
  readonly bytes: number;
  /** Time from the request to the finished file. */
  readonly seconds: number;
  readonly fileKey: string;
  readonly downloadUrl: string;
  /** A token of the user who requested the export, printed so that you can try the API. */
  readonly token: string;
}

export interface ExportAddress {
  /** Base URL of the API. */
  readonly url: string;
  readonly jwtSecret: string;
  readonly tenantId: string;
  readonly user: SampleUser;
  /** Receives a webhook when the export ends, in addition to the email. */
  readonly webhookUrl?: string;
}

/**
 * Exports one tenant's orders as CSV through the public API, and shows the progress.
 * @throws StackError if it fails
 */
export async function exportOrders(
  address: ExportAddress,
  progress: Progress,
  signal: AbortSignal,
): Promise<FinishedExport> {
  const { url, jwtSecret, tenantId, user, webhookUrl } = address;
  const token = await signToken(jwtSecret, { userId: user.id, tenantId, email: user.email, ttlSeconds: TOKEN_SECONDS });
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;

  const notify = { email: user.email, ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }) };
  const body = JSON.stringify({ type: 'orders', format: 'CSV', notify });
  let job = await progress.step('POST /v1/exports', () =>
    request(`${url}/v1/exports`, { method: 'POST', body }, token, signal),
  );
  const at = `${url}/v1/exports/${job.job_id}`;
  try {
    while (job.status === 'QUEUED' || job.status === 'PROCESSING') {
      progress.status(progressBar(job, seconds()));
      await sleep(POLL_MS, undefined, { signal });
      job = await request(at, {}, token, signal);
    }
    progress.line(progressBar(job, seconds()));
  } finally {
    progress.status(undefined);
  }
  const { job_id: jobId, row_count: rows, file_size: bytes, file_key: fileKey, download_url: downloadUrl } = job;
  if (job.status !== 'COMPLETED' || rows === null || bytes === null || fileKey === null || downloadUrl === null) {
    throw new StackError(`Export ${jobId} is ${job.status}: ${job.error_message ?? 'no reason was given.'}`);
  }
  return { jobId, rows, bytes, seconds: seconds(), fileKey, downloadUrl, token };
}

async function request(url: string, init: RequestInit, token: string, signal: AbortSignal): Promise<StartedExport> {
  const deadline = performance.now() + PATIENCE_MS;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (;;) {
    const response = await fetch(url, { ...init, headers, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new StackError(`${url} isn't responding: ${messageOf(error)}.`, { cause: error });
    });
    const text = await response.text();
    if (response.ok) return startedExportSchema.parse(JSON.parse(text));
    const isEarly = response.status === 503 && performance.now() < deadline;
    if (!isEarly) throw new StackError(`${url} answered ${response.status}: ${text}`);
    await sleep(POLL_MS, undefined, { signal });
  }
}
