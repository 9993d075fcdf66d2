import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';
import type { ExportResult } from '../shared/temporal/inputs.js';
import type { ScheduledExportInput } from '../shared/schedules/contract.js';
import { DEFAULT_TUNING } from '../shared/temporal/tuning.js';
import { controlActivities } from './activity-options.js';
import { notifyUser } from './notify-user.js';
import { startChildExport } from './start-child-export.js';

/** Set by Temporal on workflows that a schedule starts. */
const DUE_AT = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/**
 * One run of a schedule. It resolves the request for its day and starts the export, without an admission: so the export
 * waits for a slot instead of being refused. The run stays open until the export has ended, because the schedule's
 * overlap policy looks at the run. If the run is canceled, so is the export.
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
    const run = await startChildExport(due);
    return await run.result();
  } catch (error) {
    // The run was reset after it had started its export.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}
