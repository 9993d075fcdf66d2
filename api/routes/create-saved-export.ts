import { ServiceError } from '../../shared/errors.js';
import { MAX_SAVED_EXPORTS } from '../../shared/saved-exports/store.js';
import { ownerFor } from '../exports/owner-for.js';
import { defineRoute } from '../http/define-route.js';
import { idFor, keyReused } from '../http/input.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';
import { savedExportBody } from '../saved-exports/saved-export-body.js';
import { savedExportEvent } from '../saved-exports/saved-export-event.js';
import { SAVED_EXPORT_ANSWER, savedExportView } from '../saved-exports/saved-export-schema.js';

/** Must never change: the same idempotency key would save another export. */
const KEY_NAMESPACE = '3b8f0c52-7d1e-4a0b-9a64-2f6c5e8d9b31';

export const createSavedExport = defineRoute({
  method: 'post',
  path: '/v1/saved-exports',
  id: 'createSavedExport',
  tag: 'Saved exports',
  summary: 'Save an export',
  description:
    'Saves a request under a name. The request is validated like `POST /v1/exports`, now and at every run; relative date ranges such as `last_month` count from the run.',
  scope: 'exports:write',
  headers: ['Idempotency-Key'],
  body: savedExportBody,
  answers: {
    201: {
      ...SAVED_EXPORT_ANSWER,
      headers: ['Location'],
      leadsTo: { saved_export_id: ['getSavedExport', 'replaceSavedExport', 'runSavedExport', 'deleteSavedExport'] },
    },
  },
  problems: [...PERMISSION_PROBLEMS, 'TOO_MANY_SAVED_EXPORTS', 'IDEMPOTENCY_KEY_REUSED', 'JOB_STORE_UNAVAILABLE'],
  handle:
    (deps) =>
    async ({ body: { definition, request, onBehalfOf, requestHash }, principal, idempotencyKey, request: sent }) => {
      await deps.permissions.request(request, ownerFor(onBehalfOf, principal, '/request'), '/request');
      const id = idFor(principal, idempotencyKey, KEY_NAMESPACE);
      const event = savedExportEvent('created', id, definition, { principal, request: sent });
      const row = await deps.savedExports.create(principal, id, definition, requestHash, event);
      if (row === null) {
        const sentence = `You have already saved ${MAX_SAVED_EXPORTS} exports (the limit). Delete one first.`;
        throw new ServiceError('TOO_MANY_SAVED_EXPORTS', sentence);
      }
      if (row.request_hash !== requestHash) throw keyReused('saved export', id, { saved_export_id: id });
      return { status: 201, location: `/v1/saved-exports/${id}`, body: savedExportView(row, principal) };
    },
});
