import { ParentClosePolicy, startChild, type ChildWorkflowHandle } from '@temporalio/workflow';
import { exportStart } from '../shared/temporal/export-start.js';
import { exportWorkflow } from './export.js';

/**
 * Starts an export that outlives its starter.
 * @throws WorkflowExecutionAlreadyStartedError when it was started before, even if it has ended since
 */
export const startChildExport = (
  input: Parameters<typeof exportStart>[0],
): Promise<ChildWorkflowHandle<typeof exportWorkflow>> =>
  startChild(exportWorkflow, { ...exportStart(input), parentClosePolicy: ParentClosePolicy.ABANDON });
