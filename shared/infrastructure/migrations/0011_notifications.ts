import type { MigrationBuilder } from 'node-pg-migrate';

export function up(migration: MigrationBuilder): void {
  migration.sql(`
    -- Whose schedule of attempts it is one of: Temporal counts the times that a delivery waited for its turn, too.
    ALTER TABLE webhook_deliveries ADD COLUMN run_id text NOT NULL DEFAULT '';
  `);
}

export function down(migration: MigrationBuilder): void {
  migration.sql('ALTER TABLE webhook_deliveries DROP COLUMN run_id;');
}
