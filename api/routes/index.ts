import type { RequestHandler } from 'express';
import type { ApiDeps } from '../deps.js';
import { cancelExport } from './cancel-export.js';
import { createExport } from './create-export.js';
import { deleteExport } from './delete-export.js';
import { listDeliveries, redeliver } from './deliveries.js';
import { downloadExport } from './download-export.js';
import { getExport } from './get-export.js';
import { health, ready } from './health.js';
import { listDatasets } from './list-datasets.js';
import { listExports } from './list-exports.js';
import { openLink } from './open-link.js';
import { rotateSecret, showSecret } from './webhook-secret.js';

export type Method = 'get' | 'post' | 'delete';

/** Every address of the service: path pattern → method → handler. Under `/v1` a token is asked for first. */
export const ROUTES: Readonly<Record<string, Partial<Record<Method, (deps: ApiDeps) => RequestHandler>>>> = {
  '/v1/exports': { get: listExports, post: createExport },
  '/v1/exports/:job_id': { get: getExport, delete: deleteExport },
  '/v1/exports/:job_id/cancel': { post: cancelExport },
  '/v1/exports/:job_id/download': { get: downloadExport },
  '/v1/exports/:job_id/deliveries': { get: listDeliveries, post: redeliver },
  '/v1/webhooks/secret': { get: showSecret },
  '/v1/webhooks/secret/rotate': { post: rotateSecret },
  '/v1/datasets': { get: listDatasets },
  '/d/:token': { get: openLink },
  '/healthz': { get: health },
  '/readyz': { get: ready },
};
