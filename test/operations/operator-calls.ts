import { exportWorkflowId } from '../../shared/temporal/names.js';
import { until } from '../support/exports.js';
import type { TestService } from '../support/service.js';
import { slotsOf, temporal, type Reader } from '../workflows/support.js';

/** What an operator asks Temporal. */
export function operatorCalls(at: () => TestService) {
  const activity = (command: string, jobId: string, id: string): Promise<string> =>
    temporal(at(), 'activity', command, '--workflow-id', exportWorkflowId(jobId), '--activity-id', id);
  const workflow = (command: string, jobId: string): Promise<string> =>
    temporal(at(), 'workflow', command, '--workflow-id', exportWorkflowId(jobId));
  const holds = async (user: Reader, jobId: string): Promise<boolean> =>
    jobId in ((await slotsOf(at(), user))?.holders ?? {});
  /** Ids of the listed workflows, one per run. `cookbook.test.ts` runs the CLI's own command. */
  const listed = async (query: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { workflowId } of at().deps.temporal.client.workflow.list({ query })) found.push(workflowId);
    return found;
  };
  const untilListed = (query: string, jobId: string): Promise<true> =>
    until(`${jobId} in ${query}`, async () => (await listed(query)).includes(exportWorkflowId(jobId)));
  return { activity, workflow, holds, listed, untilListed };
}
