import type { MigrationBuilder } from 'node-pg-migrate';
import { AUDIT } from '../tables/audit.js';
import { ERASED_IDS } from '../tables/erased-ids.js';
import { EXPORTS } from '../tables/exports.js';
import { WEBHOOKS } from '../tables/webhooks.js';
import { PLACES } from '../tables/places.js';
import { MAILS } from '../tables/mails.js';
import { SAVED_EXPORTS } from '../tables/saved-exports.js';

/** Every table of the service. */
export function up(migration: MigrationBuilder): void {
  for (const tables of [EXPORTS, WEBHOOKS, PLACES, MAILS, SAVED_EXPORTS, AUDIT, ERASED_IDS]) migration.sql(tables);
}

export function down(migration: MigrationBuilder): void {
  migration.sql(`
    DROP TABLE audit_events, erased_ids, erased_requesters;
    DROP FUNCTION keep_audit_events, erase_from_audit, delete_old_audit, save_export, reserve_mail, reserve_schedule, take_tenant_place;
    DROP TABLE saved_exports, skipped_mails, mail_reservations, schedule_reservations, tenant_places, webhook_secret_versions,
      webhook_receivers_gone, webhook_deliveries, export_segments, export_jobs;
  `);
}
