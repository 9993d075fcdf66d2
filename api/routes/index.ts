import type { Routes } from '../openapi/operation.js';
import { cancelExport, cancelExportOperation } from './cancel-export.js';
import { contract, contractOperation } from './contract.js';
import { createExport, createExportOperation } from './create-export.js';
import { createSchedule, createScheduleOperation } from './create-schedule.js';
import { deleteExport, deleteExportOperation } from './delete-export.js';
import { docs, docsFile, docsFileOperation, docsOperation } from './docs.js';
import { downloadExport, downloadExportOperation } from './download-export.js';
import { eraseUser, eraseUserOperation } from './erase-user.js';
import { estimateExport, estimateExportOperation } from './estimate-export.js';
import { exportEvents, exportEventsOperation } from './export-events.js';
import { getExport, getExportOperation } from './get-export.js';
import { health, healthOperation, ready, readyOperation } from './health.js';
import { listDatasets, listDatasetsOperation } from './list-datasets.js';
import { listExports, listExportsOperation } from './list-exports.js';
import { listSchedules, listSchedulesOperation } from './list-schedules.js';
import { listDeliveries, listDeliveriesOperation, redeliver, redeliverOperation } from './deliveries.js';
import { metrics, metricsOperation } from './metrics.js';
import { openLink, openLinkOperation } from './open-link.js';
import { page, pageAsset, pageAssetOperation, pageOperation } from './page.js';
import { runSchedule, runScheduleOperation } from './run-schedule.js';
import {
  deleteSchedule,
  deleteScheduleOperation,
  getSchedule,
  getScheduleOperation,
  pauseSchedule,
  pauseScheduleOperation,
  replaceSchedule,
  replaceScheduleOperation,
  unpauseScheduleOperation,
} from './schedule.js';
import { decodePayloads, decodePayloadsOperation, encodePayloads, encodePayloadsOperation } from './temporal-codec.js';
import { rotateSecret, rotateSecretOperation, showSecret, showSecretOperation } from './webhook-secret.js';

/** Every route of the service. `/v1` and `/temporal-codec` require a token. */
export const ROUTES: Routes = {
  '/v1/exports': {
    get: { handle: listExports, operation: listExportsOperation },
    post: { handle: createExport, operation: createExportOperation },
  },
  // Before the jobs: it is no id.
  '/v1/exports/estimate': { post: { handle: estimateExport, operation: estimateExportOperation } },
  '/v1/exports/:job_id': {
    get: { handle: getExport, operation: getExportOperation },
    delete: { handle: deleteExport, operation: deleteExportOperation },
  },
  '/v1/exports/:job_id/cancel': { post: { handle: cancelExport, operation: cancelExportOperation } },
  '/v1/exports/:job_id/download': { get: { handle: downloadExport, operation: downloadExportOperation } },
  '/v1/exports/:job_id/events': { get: { handle: exportEvents, operation: exportEventsOperation } },
  '/v1/exports/:job_id/deliveries': {
    get: { handle: listDeliveries, operation: listDeliveriesOperation },
    post: { handle: redeliver, operation: redeliverOperation },
  },
  '/v1/schedules': {
    get: { handle: listSchedules, operation: listSchedulesOperation },
    post: { handle: createSchedule, operation: createScheduleOperation },
  },
  '/v1/schedules/:schedule_id': {
    get: { handle: getSchedule, operation: getScheduleOperation },
    put: { handle: replaceSchedule, operation: replaceScheduleOperation },
    delete: { handle: deleteSchedule, operation: deleteScheduleOperation },
  },
  '/v1/schedules/:schedule_id/pause': { post: { handle: pauseSchedule('pause'), operation: pauseScheduleOperation } },
  '/v1/schedules/:schedule_id/unpause': {
    post: { handle: pauseSchedule('unpause'), operation: unpauseScheduleOperation },
  },
  '/v1/schedules/:schedule_id/run': { post: { handle: runSchedule, operation: runScheduleOperation } },
  '/v1/webhooks/secret': { get: { handle: showSecret, operation: showSecretOperation } },
  '/v1/webhooks/secret/rotate': { post: { handle: rotateSecret, operation: rotateSecretOperation } },
  '/v1/users/:user_id/exports': { delete: { handle: eraseUser, operation: eraseUserOperation } },
  '/v1/datasets': { get: { handle: listDatasets, operation: listDatasetsOperation } },
  '/temporal-codec/decode': { post: { handle: decodePayloads, operation: decodePayloadsOperation } },
  '/temporal-codec/encode': { post: { handle: encodePayloads, operation: encodePayloadsOperation } },
  '/d/:token': { get: { handle: openLink, operation: openLinkOperation } },
  '/healthz': { get: { handle: health, operation: healthOperation } },
  '/readyz': { get: { handle: ready, operation: readyOperation } },
  '/metrics': { get: { handle: metrics, operation: metricsOperation } },
  '/openapi.json': { get: { handle: contract(() => ROUTES), operation: contractOperation } },
  '/': { get: { handle: page, operation: pageOperation } },
  '/assets/:asset': { get: { handle: pageAsset, operation: pageAssetOperation } },
  '/docs': { get: { handle: docs, operation: docsOperation } },
  '/docs/:file': { get: { handle: docsFile, operation: docsFileOperation } },
};
