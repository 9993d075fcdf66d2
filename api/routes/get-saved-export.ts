import { defineRoute } from '../http/define-route.js';
import { savedExportParams } from '../http/input.js';
import { SAVED_EXPORT_ANSWER, savedExportView } from '../saved-exports/saved-export-schema.js';
import { visibleSavedExport } from '../saved-exports/visible-saved-export.js';

export const getSavedExport = defineRoute({
  method: 'get',
  path: '/v1/saved-exports/:saved_export_id',
  id: 'getSavedExport',
  tag: 'Saved exports',
  summary: 'Get a saved export',
  scope: 'exports:read',
  params: savedExportParams,
  answers: { 200: SAVED_EXPORT_ANSWER },
  problems: ['JOB_STORE_UNAVAILABLE'],
  handle:
    (deps) =>
    async ({ params, principal }) => {
      const row = await visibleSavedExport(params.saved_export_id, principal, deps);
      return { status: 200, body: savedExportView(row, principal) };
    },
});
