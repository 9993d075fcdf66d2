import { ACCEPTANCE_PROBLEMS, ACCEPTED, replyAccepted } from '../exports/accepted.js';
import { exportBody } from '../exports/export-body.js';
import { requestExport } from '../exports/request-export.js';
import { defineRoute } from '../http/define-route.js';

export const createExport = defineRoute({
  method: 'post',
  path: '/v1/exports',
  id: 'createExport',
  tag: 'Exports',
  summary: 'Create an export',
  description:
    'Takes one of your slots, starts the export and responds before any row is read. `GET /v1/datasets` lists what you can export.',
  scope: 'exports:write',
  headers: ['Idempotency-Key'],
  body: exportBody,
  answers: { 202: ACCEPTED },
  problems: ACCEPTANCE_PROBLEMS,
  handle:
    (deps) =>
    async ({ body, ...caller }) =>
      replyAccepted(await requestExport(body, caller, deps), caller.principal, deps),
});
