import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import type { TestService } from './service.js';

/** The reason of a failed export for operators: its workflow's failure, as the Web UI shows it. */
export async function operatorsReason({ deps }: TestService, jobId: string): Promise<string> {
  const error: unknown = await deps.temporal.client.workflow
    .getHandle(exportWorkflowId(jobId))
    .result()
    .catch((reason: unknown) => reason);
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (cause instanceof ApplicationFailure) return cause.message;
  throw new Error(`export ${jobId} did not fail`, { cause: error });
}
