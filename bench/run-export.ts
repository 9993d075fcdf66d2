import { WorkflowFailedError, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../dev/stack/stack-error.js';
import { exportWorkflowId } from '../shared/temporal/names.js';
import { fetchJob, createJob } from './job.js';
import { findInProgress, watchProgress, type ProgressFindings, type ProgressSample } from './progress-watch.js';
import type { BenchService } from './service.js';

export interface ExportRun {
  readonly jobId: string;
  /** From the request until the job's row is COMPLETED, ms. */
  readonly wallMs: number;
  /** From the request to the end of the workflow, when leftovers are deleted and the slot is free, ms. */
  readonly workflowMs: number;
  /** From the request to its response, ms. */
  readonly postMs: number;
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  /** Eight hexadecimal digits, from the job. */
  readonly crc32: string;
  readonly historyEvents: number;
  /** What a watcher observed; empty if nobody watched. */
  readonly progress: ProgressFindings;
}

/** The response to `POST` may arrive just before the workflow exists. */
async function resultOf(handle: WorkflowHandle): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await handle.result();
      return;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError) || attempt === 100) throw error;
      await sleep(20);
    }
  }
}

/**
 * Requests an export and waits for its end.
 * @param watchEveryMs how often a watcher polls its progress; default: never
 * @throws StackError if it does not complete
 */
export async function runExport(
  service: BenchService,
  body: object,
  { watchEveryMs }: { readonly watchEveryMs?: number } = {},
): Promise<ExportRun> {
  const startedAt = performance.now();
  const { job_id: jobId } = await createJob(service, body);
  const postMs = performance.now() - startedAt;

  const since = (): number => performance.now() - startedAt;
  const handle = service.temporal.client.workflow.getHandle(exportWorkflowId(jobId));
  const over = new AbortController();
  const ending = resultOf(handle).then(since, (error: unknown) => {
    throw new StackError(`Export ${jobId} failed: ${reasonOf(error)}.`, { cause: error });
  });
  const look = async (): Promise<Omit<ProgressSample, 'at'>> => {
    const { phase, progress, rows_exported: rowsExported } = await fetchJob(service, jobId);
    return { phase, progress, rowsExported };
  };
  const [ended, completed, seen] = await Promise.allSettled([
    ending.finally(() => {
      over.abort();
    }),
    service.jobs.ended(jobId, over.signal).then(since),
    watchEveryMs === undefined ? [] : watchProgress(look, watchEveryMs, over.signal),
  ]);
  if (ended.status === 'rejected') throw ended.reason;
  if (completed.status === 'rejected') throw completed.reason;
  if (seen.status === 'rejected') throw seen.reason;

  const { status, file_key: key, row_count: rows, file_size: bytes, checksum } = await fetchJob(service, jobId);
  if (status !== 'COMPLETED' || key === null || rows === null || bytes === null || checksum === null) {
    throw new StackError(`Export ${jobId} is ${status}.`);
  }
  const { historyLength: historyEvents } = await handle.describe();
  const file = { key, rows, bytes, crc32: checksum.replace('crc32:', '') };
  const times = { wallMs: completed.value, workflowMs: ended.value, postMs };
  return { jobId, ...times, historyEvents, progress: findInProgress(seen.value), ...file };
}

/** The messages of an error and its causes: a Temporal client says only in the cause why its server didn't answer. */
function reasonOf(error: unknown): string {
  const reason = error instanceof WorkflowFailedError ? error.cause : error;
  if (!(reason instanceof Error)) return String(reason);
  return reason.cause === undefined ? reason.message : `${reason.message} (${reasonOf(reason.cause)})`;
}
