import { ParentClosePolicy, startChild, type ChildWorkflowHandle } from '@temporalio/workflow';
import { exportStart } from '../shared/export-start.js';
import { exportWorkflow } from './export.js';

/**
 * Starts an export, which lives on whatever becomes of whoever started it.
 * @throws WorkflowExecutionAlreadyStartedError when it was started before, also when it has ended since
 */
export const startExport = (
  input: Parameters<typeof exportStart>[0],
): Promise<ChildWorkflowHandle<typeof exportWorkflow>> =>
  startChild(exportWorkflow, { ...exportStart(input), parentClosePolicy: ParentClosePolicy.ABANDON });
