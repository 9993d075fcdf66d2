import type { RequestHandler } from 'express';
import type { ApiDeps } from '../deps.js';
import { ownedJob } from '../input.js';
import { jobView } from '../../shared/job/view.js';
import { LiveProgress } from '../live-progress.js';
import { JOB_EXAMPLES, jobSchema } from '../../shared/job/schema.js';
import type { Operation } from '../openapi/operation.js';

/** `GET /v1/exports/{job_id}`: the job, and how far it is at this moment. */
export function getExport(deps: ApiDeps): RequestHandler {
  const live = new LiveProgress(deps);
  return async (request, response) => {
    const row = await ownedJob(request, deps);
    response.json(jobView(row, deps.settings, await live.of(row)));
  };
}

export const getExportOperation: Operation = {
  id: 'getExport',
  tag: 'Exports',
  summary: 'Get an export and its progress',
  scope: 'exports:read',
  answers: { 200: { description: 'The export', schema: jobSchema, example: JOB_EXAMPLES.completed } },
};
