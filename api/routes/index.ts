import type { Route } from '../openapi/operation.js';
import { cancelExport } from './cancel-export.js';
import { contract } from './contract.js';
import { createExport } from './create-export.js';
import { createSavedExport } from './create-saved-export.js';
import { createSchedule } from './create-schedule.js';
import { deleteExport } from './delete-export.js';
import { deleteSavedExport } from './delete-saved-export.js';
import { deleteSchedule } from './delete-schedule.js';
import { docsFile } from './docs-file.js';
import { docs } from './docs.js';
import { downloadExport } from './download-export.js';
import { eraseUser } from './erase-user.js';
import { errorDocs } from './error-docs.js';
import { estimateExport } from './estimate-export.js';
import { exportEvents } from './export-events.js';
import { getExport } from './get-export.js';
import { getSavedExport } from './get-saved-export.js';
import { getSchedule } from './get-schedule.js';
import { health } from './health.js';
import { listAudit } from './list-audit.js';
import { listDatasets } from './list-datasets.js';
import { listDeliveries } from './list-deliveries.js';
import { listExports } from './list-exports.js';
import { listSavedExports } from './list-saved-exports.js';
import { listSchedules } from './list-schedules.js';
import { metrics } from './metrics.js';
import { openLink } from './open-link.js';
import { pageAsset } from './page-asset.js';
import { page } from './page.js';
import { pauseSchedule } from './pause-schedule.js';
import { previewExport } from './preview-export.js';
import { ready } from './ready.js';
import { redeliver } from './redeliver.js';
import { replaceSavedExport } from './replace-saved-export.js';
import { replaceSchedule } from './replace-schedule.js';
import { rotateWebhookSecret } from './rotate-webhook-secret.js';
import { runSavedExport } from './run-saved-export.js';
import { runSchedule } from './run-schedule.js';
import { showWebhookSecret } from './show-webhook-secret.js';
import { decodePayloads, encodePayloads } from './temporal-codec.js';
import { unpauseSchedule } from './unpause-schedule.js';

/** Every route of the service. `/v1` and `/temporal-codec` require a token. */
export const ROUTES: readonly Route[] = [
  listExports,
  createExport,
  // Before the routes of a job: "estimate" and "preview" are not ids.
  estimateExport,
  previewExport,
  getExport,
  deleteExport,
  cancelExport,
  downloadExport,
  exportEvents,
  listDeliveries,
  redeliver,
  listSavedExports,
  createSavedExport,
  getSavedExport,
  replaceSavedExport,
  deleteSavedExport,
  runSavedExport,
  listSchedules,
  createSchedule,
  getSchedule,
  replaceSchedule,
  deleteSchedule,
  pauseSchedule,
  unpauseSchedule,
  runSchedule,
  showWebhookSecret,
  rotateWebhookSecret,
  eraseUser,
  listAudit,
  listDatasets,
  decodePayloads,
  encodePayloads,
  openLink,
  health,
  ready,
  metrics,
  contract(() => ROUTES),
  page,
  pageAsset,
  docs,
  // Before the files: "errors" is not one.
  errorDocs,
  docsFile,
];
