import { ACCEPTANCE_PROBLEMS, ACCEPTED, replyAccepted } from '../exports/accepted.js';
import { requestExport } from '../exports/request-export.js';
import { defineRoute } from '../http/define-route.js';
import { savedExportParams } from '../http/input.js';
import { savedExportParser } from '../saved-exports/saved-export-body.js';
import { visibleSavedExport } from '../saved-exports/visible-saved-export.js';

export const runSavedExport = defineRoute({
  method: 'post',
  path: '/v1/saved-exports/:saved_export_id/run',
  id: 'runSavedExport',
  tag: 'Saved exports',
  summary: 'Run a saved export',
  description:
    'Starts an export like `POST /v1/exports`, with your own rights, slots and email address. A 400 means that the saved request is no longer valid, for example because a column is gone; its pointers are those of the saved export.',
  scope: 'exports:write',
  params: savedExportParams,
  headers: ['Idempotency-Key'],
  answers: { 202: ACCEPTED },
  problems: [...ACCEPTANCE_PROBLEMS, 'VALIDATION_FAILED'],
  handle: (deps) => {
    const parse = savedExportParser(deps);
    return async ({ params, ...caller }) => {
      const saved = await visibleSavedExport(params.saved_export_id, caller.principal, deps);
      const parsed = await parse(saved, caller.principal);
      const row = await requestExport(parsed, caller, deps, saved.saved_export_id);
      return replyAccepted(row, caller.principal, deps);
    };
  },
});
