import { ServiceError } from '../../shared/errors.js';
import { ownerFor } from '../exports/owner-for.js';
import { defineRoute } from '../http/define-route.js';
import { savedExportParams } from '../http/input.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';
import { savedExportBody } from '../saved-exports/saved-export-body.js';
import { savedExportEvent } from '../saved-exports/saved-export-event.js';
import { SAVED_EXPORT_ANSWER, savedExportView } from '../saved-exports/saved-export-schema.js';
import { ownedSavedExport } from '../saved-exports/visible-saved-export.js';

export const replaceSavedExport = defineRoute({
  method: 'put',
  path: '/v1/saved-exports/:saved_export_id',
  id: 'replaceSavedExport',
  tag: 'Saved exports',
  summary: 'Replace a saved export',
  description: 'Takes a full body, like `POST /v1/saved-exports`. Exports that it has started continue unchanged.',
  scope: 'exports:write',
  params: savedExportParams,
  body: savedExportBody,
  answers: { 200: SAVED_EXPORT_ANSWER },
  problems: [...PERMISSION_PROBLEMS, 'NOT_OWNER', 'JOB_STORE_UNAVAILABLE'],
  findTarget:
    (deps) =>
    ({ params, principal }) =>
      ownedSavedExport(params.saved_export_id, principal, deps),
  handle:
    (deps) =>
    async ({
      params: { saved_export_id: id },
      body: { definition, request, onBehalfOf },
      principal,
      request: sent,
    }) => {
      await deps.permissions.request(request, ownerFor(onBehalfOf, principal, '/request'), '/request');
      const event = savedExportEvent('changed', id, definition, { principal, request: sent });
      const row = await deps.savedExports.replace(principal, id, definition, event);
      if (row === null) throw new ServiceError('NOT_FOUND', `Saved export ${id} has just been deleted.`);
      return { status: 200, body: savedExportView(row, principal) };
    },
});
