import { defineRoute } from '../http/define-route.js';
import { savedExportParams } from '../http/input.js';
import { savedExportEvent } from '../saved-exports/saved-export-event.js';
import { ownedSavedExport } from '../saved-exports/visible-saved-export.js';

export const deleteSavedExport = defineRoute({
  method: 'delete',
  path: '/v1/saved-exports/:saved_export_id',
  id: 'deleteSavedExport',
  tag: 'Saved exports',
  summary: 'Delete a saved export',
  description: 'Exports that it has started continue unchanged.',
  scope: 'exports:write',
  params: savedExportParams,
  answers: { 204: { description: 'The saved export is deleted' } },
  problems: ['NOT_OWNER', 'JOB_STORE_UNAVAILABLE'],
  handle:
    (deps) =>
    async ({ params: { saved_export_id: id }, principal, request }) => {
      const saved = await ownedSavedExport(id, principal, deps);
      // A concurrent call may have deleted it meanwhile.
      const event = savedExportEvent('deleted', id, saved, { principal, request });
      await deps.savedExports.delete(principal, id, event);
      return { status: 204 };
    },
});
