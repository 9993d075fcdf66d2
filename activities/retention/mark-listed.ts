import type { UserRef } from '../../shared/contract.js';
import { scheduleIdOfRun } from '../../shared/schedules/contract.js';
import { jobIdOfRun } from '../../shared/schedules/job-id.js';
import { jobIdOfWorkflow } from '../../shared/temporal/names.js';
import { onBehalfQuery, ownerQuery } from '../../shared/temporal/search-attributes.js';
import type { ActivityDeps } from '../deps.js';

type Deps = Pick<ActivityDeps, 'erasedIds' | 'temporal'>;

/**
 * Marks what Temporal lists of a user: an operator may reset a workflow as long as Temporal keeps its history, also if
 * its row or its schedule has been deleted long ago. On behalf of others, marks only the user's schedules: those
 * exports remain.
 */
export async function markListed(deps: Deps, user: UserRef): Promise<void> {
  const own = await workflowIds(deps, ownerQuery(user));
  const onBehalf = await workflowIds(deps, onBehalfQuery(user));
  await deps.erasedIds.markJobs([
    ...new Set([
      ...own.flatMap((id) => jobIdOfWorkflow(id) ?? []),
      ...own.flatMap((id) => (scheduleIdOfRun(id) === null ? [] : jobIdOfRun(id))),
      ...[...own, ...onBehalf].flatMap((id) => scheduleIdOfRun(id) ?? []),
    ]),
  ]);
}

async function workflowIds({ temporal }: Deps, query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of temporal.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}
