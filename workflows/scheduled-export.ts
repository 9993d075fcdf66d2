import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';
import type { ExportResult } from '../shared/contract.js';
import type { ScheduledExportInput } from '../shared/schedules/contract.js';
import { DEFAULT_TUNING } from '../shared/tuning.js';
import { controlActivities } from './activity-options.js';
import { notifyUser } from './notify-user.js';
import { startExport } from './start-export.js';

/** Set by Temporal on what a schedule starts. */
const DUE_AT = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/**
 * One run of a schedule. It makes the request of that day and starts the export, which nobody has admitted: so it waits
 * for its slot instead of being refused. The run stays open until the export has ended, because that is what the
 * schedule's overlap policy looks at, and cancels it when it is cancelled itself.
 */
export async function scheduledExportWorkflow(input: ScheduledExportInput): Promise<ExportResult | null> {
  const { workflowId, startTime, typedSearchAttributes } = workflowInfo();
  const { prepareScheduledExport, refuseScheduledExport } = controlActivities(DEFAULT_TUNING);
  const dueAt = (typedSearchAttributes.get(DUE_AT) ?? startTime).toISOString();
  const { due, failure, reason } = await prepareScheduledExport({ ...input, workflowId, dueAt });
  if (failure !== null) {
    const { job } = due;
    await refuseScheduledExport({ job, failure });
    await notifyUser(due, 'failed');
    throw ApplicationFailure.nonRetryable(reason, failure.code);
  }
  try {
    const run = await startExport(due);
    return await run.result();
  } catch (error) {
    // This run was reset after it had started its export.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}
