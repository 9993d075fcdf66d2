import { ParentClosePolicy, WorkflowIdReusePolicy, startChild, type ChildWorkflowHandle } from '@temporalio/workflow';
import { exportWorkflowId, type ExportInput } from '../shared/contract.js';
import { exportSearchAttributes } from '../shared/search-attributes.js';
import { turnsOf } from '../shared/tenant-weights.js';
import { exportWorkflow } from './export.js';
import { exportDetails } from './visible.js';

/**
 * Starts an export, which lives on whatever becomes of whoever started it.
 * @throws WorkflowExecutionAlreadyStartedError when it was started before, also when it has ended since
 */
export const startExport = ({
  job,
  limit,
  tuning,
  admitted = false,
}: ExportInput): Promise<ChildWorkflowHandle<typeof exportWorkflow>> =>
  startChild(exportWorkflow, {
    workflowId: exportWorkflowId(job.jobId),
    args: [{ job, limit, tuning, admitted }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowExecutionTimeout: tuning.executionTimeoutMs,
    priority: turnsOf(job.tenantId, tuning),
    typedSearchAttributes: exportSearchAttributes(job),
    staticSummary: `${job.request.type} as ${job.request.format}`,
    staticDetails: exportDetails(job),
  });
