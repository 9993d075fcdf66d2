import { withFailures } from './as-failure.js';
import { claimSlot } from './slots/claim-slot.js';
import type { ActivityDeps } from './deps.js';
import { deliverWebhook } from './notify/deliver-webhook.js';
import { discardExport } from './finish/discard-export.js';
import { eraseUser } from './retention/erase-user.js';
import { exportSegment } from './segment/export-segment.js';
import { failExport } from './finish/fail-export.js';
import { findDeadExports } from './slots/find-dead-exports.js';
import { finishUpload } from './finish/finish-upload.js';
import { openUpload } from './file/open-upload.js';
import { planAndWriteIfSmall } from './plan/plan-and-write-if-small.js';
import { prepareScheduledExport } from './schedules/prepare-scheduled-export.js';
import { publishExport } from './finish/publish-export.js';
import { refuseScheduledExport } from './schedules/refuse-scheduled-export.js';
import { releaseSlot } from './slots/release-slot.js';
import { sendEmail } from './notify/send-email.js';
import { settleExport } from './slots/settle-export.js';
import { sweep } from './retention/sweep.js';

/** Short steps for the control queue, including the finish of an export with one segment. */
export const createControlActivities = (deps: ActivityDeps) =>
  withFailures({
    claimSlot: claimSlot(deps),
    findDeadExports: findDeadExports(deps),
    settleExport: settleExport(deps),
    openUpload: openUpload(deps),
    finishUpload: finishUpload(deps),
    publishExport: publishExport(deps),
    releaseSlot: releaseSlot(deps),
    prepareScheduledExport: prepareScheduledExport(deps),
    refuseScheduledExport: refuseScheduledExport(deps),
    failExport: failExport(deps),
    discardExport: discardExport(deps),
    sweep: sweep(deps),
    eraseUser: eraseUser(deps),
  });

/**
 * Activities that read the source database, for the data queue: its slots limit the load on that database. Also the
 * finish of exports with many segments, which needs about as much memory as a segment.
 */
export const createDataActivities = (deps: ActivityDeps) =>
  withFailures({
    planAndWriteIfSmall: planAndWriteIfSmall(deps),
    exportSegment: exportSegment(deps),
    finishUpload: finishUpload(deps),
  });

/** Activities for the mail queue. */
export const createMailActivities = (deps: ActivityDeps) => withFailures({ sendEmail: sendEmail(deps) });

/** Activities for the webhook queue, where receivers decide how long a delivery takes. */
export const createWebhookActivities = (deps: ActivityDeps) => withFailures({ deliverWebhook: deliverWebhook(deps) });

export type MailActivities = ReturnType<typeof createMailActivities>;
export type WebhookActivities = ReturnType<typeof createWebhookActivities>;
export type ControlActivities = ReturnType<typeof createControlActivities>;
export type DataActivities = ReturnType<typeof createDataActivities>;
