import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

/** Any number, as long as nobody else takes it: the lock under which migrations run. */
const LOCK = 7_221_603_921;

/**
 * Creates or upgrades the service's own tables. Safe to repeat, and safe to race: one process migrates, the others
 * wait for it and find nothing to do.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'export-migrate' });
  await client.connect();
  try {
    // node-pg-migrate's own lock fails at once when somebody else holds it; this one waits.
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await runner({
      dbClient: client,
      dir: fileURLToPath(new URL('migrations/', import.meta.url)),
      ignorePattern: '.*\\.(map|d\\.ts)',
      migrationsTable: MIGRATIONS_TABLE,
      direction: 'up',
      noLock: true,
      log: () => undefined,
    });
  } finally {
    await client.end();
  }
}

export const MIGRATIONS_TABLE = 'export_migrations';
/** The newest file in migrations/: what a process of this version needs. */
export const NEWEST_MIGRATION = '0001_baseline';
