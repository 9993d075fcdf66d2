import type { RequestHandler } from 'express';
import type { ApiDeps } from '../deps.js';
import type { Described, Method, Route } from '../openapi/operation.js';
import { cancelExport, cancelExportOperation } from './cancel-export.js';
import { contract, contractOperation } from './contract.js';
import { createExport, createExportOperation } from './create-export.js';
import { createSchedule, createScheduleOperation } from './create-schedule.js';
import { deleteExport, deleteExportOperation } from './delete-export.js';
import { docs, docsFile, docsFileOperation, docsOperation } from './docs.js';
import { downloadExport } from './download-export.js';
import { eraseUser, eraseUserOperation } from './erase-user.js';
import { estimateExport, estimateExportOperation } from './estimate-export.js';
import { exportEvents, exportEventsOperation } from './export-events.js';
import { getExport } from './get-export.js';
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

const old = (
  method: Method,
  path: string,
  createHandler: (deps: ApiDeps) => RequestHandler,
  operation: Described,
): Route => ({ ...operation, method, path, createHandler });

/** Every route of the service. `/v1` and `/temporal-codec` require a token. */
export const ROUTES: readonly Route[] = [
  old('get', '/v1/exports', listExports, listExportsOperation),
  old('post', '/v1/exports', createExport, createExportOperation),
  // Before the jobs: it is no id.
  old('post', '/v1/exports/estimate', estimateExport, estimateExportOperation),
  getExport,
  old('delete', '/v1/exports/:job_id', deleteExport, deleteExportOperation),
  old('post', '/v1/exports/:job_id/cancel', cancelExport, cancelExportOperation),
  downloadExport,
  old('get', '/v1/exports/:job_id/events', exportEvents, exportEventsOperation),
  old('get', '/v1/exports/:job_id/deliveries', listDeliveries, listDeliveriesOperation),
  old('post', '/v1/exports/:job_id/deliveries', redeliver, redeliverOperation),
  old('get', '/v1/schedules', listSchedules, listSchedulesOperation),
  old('post', '/v1/schedules', createSchedule, createScheduleOperation),
  old('get', '/v1/schedules/:schedule_id', getSchedule, getScheduleOperation),
  old('put', '/v1/schedules/:schedule_id', replaceSchedule, replaceScheduleOperation),
  old('delete', '/v1/schedules/:schedule_id', deleteSchedule, deleteScheduleOperation),
  old('post', '/v1/schedules/:schedule_id/pause', pauseSchedule('pause'), pauseScheduleOperation),
  old('post', '/v1/schedules/:schedule_id/unpause', pauseSchedule('unpause'), unpauseScheduleOperation),
  old('post', '/v1/schedules/:schedule_id/run', runSchedule, runScheduleOperation),
  old('get', '/v1/webhooks/secret', showSecret, showSecretOperation),
  old('post', '/v1/webhooks/secret/rotate', rotateSecret, rotateSecretOperation),
  old('delete', '/v1/users/:user_id/exports', eraseUser, eraseUserOperation),
  old('get', '/v1/datasets', listDatasets, listDatasetsOperation),
  old('post', '/temporal-codec/decode', decodePayloads, decodePayloadsOperation),
  old('post', '/temporal-codec/encode', encodePayloads, encodePayloadsOperation),
  old('get', '/d/:token', openLink, openLinkOperation),
  old('get', '/healthz', health, healthOperation),
  old('get', '/readyz', ready, readyOperation),
  old('get', '/metrics', metrics, metricsOperation),
  old(
    'get',
    '/openapi.json',
    contract(() => ROUTES),
    contractOperation,
  ),
  old('get', '/', page, pageOperation),
  old('get', '/assets/:asset', pageAsset, pageAssetOperation),
  old('get', '/docs', docs, docsOperation),
  old('get', '/docs/:file', docsFile, docsFileOperation),
];
