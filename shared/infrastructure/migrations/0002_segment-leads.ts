import type { MigrationBuilder } from 'node-pg-migrate';

export function up(migration: MigrationBuilder): void {
  migration.sql(`
    -- Made as the segment that has the file's first row.
    ALTER TABLE export_segments ADD COLUMN leads boolean NOT NULL DEFAULT false;
    UPDATE export_segments SET leads = true WHERE segment = 0;
  `);
}

export function down(migration: MigrationBuilder): void {
  migration.sql('ALTER TABLE export_segments DROP COLUMN leads');
}
