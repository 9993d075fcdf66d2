import type { MigrationBuilder } from 'node-pg-migrate';

export function up(migration: MigrationBuilder): void {
  migration.sql(`
    -- Where a segment stands in its file: small numbers by name. What it leads is one of them.
    ALTER TABLE export_segments ADD COLUMN place jsonb NOT NULL DEFAULT '{"file": 0, "member": 0, "opens": 0}';
    UPDATE export_segments SET place = jsonb_build_object('file', 0, 'member', 0, 'opens', (segment = 0)::int, 'leads', leads::int);
    ALTER TABLE export_segments DROP COLUMN leads;
  `);
}

export function down(migration: MigrationBuilder): void {
  migration.sql(`
    ALTER TABLE export_segments ADD COLUMN leads boolean NOT NULL DEFAULT false;
    UPDATE export_segments SET leads = coalesce(place->>'leads', '0') = '1';
    ALTER TABLE export_segments DROP COLUMN place;
  `);
}
