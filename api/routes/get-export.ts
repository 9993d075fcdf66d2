import { JOB_EXAMPLES, jobSchema } from '../../shared/job/schema.js';
import { shownJob } from '../exports/shown-job.js';
import { defineRoute } from '../http/define-route.js';
import { ownedJob, jobParams } from '../http/input.js';
import { LiveProgress } from '../live/live-progress.js';

export const getExport = defineRoute({
  method: 'get',
  path: '/v1/exports/:job_id',
  id: 'getExport',
  tag: 'Exports',
  summary: 'Get an export and its progress',
  scope: 'exports:read',
  params: jobParams,
  answers: { 200: { description: 'The export', schema: jobSchema, example: JOB_EXAMPLES.completed } },
  handle: (deps) => {
    const live = new LiveProgress(deps);
    return async ({ params, principal }) => {
      const row = await ownedJob(params.job_id, principal, deps);
      return { status: 200, body: shownJob(row, principal, deps, await live.of(row)) };
    };
  },
});
