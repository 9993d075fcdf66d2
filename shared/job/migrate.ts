import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

/** Key of the advisory lock for migrations: an arbitrary number that nothing else uses. */
const LOCK = 7_221_603_921;
const MIGRATIONS = fileURLToPath(new URL('migrations/', import.meta.url));

/**
 * Creates or upgrades the service's own tables, all or nothing. Safe to repeat, and safe to race: one process migrates,
 * the others wait for it and find nothing to do.
 *
 * Everything is one transaction, which also holds the lock. A session's lock would outlive this process behind a pooler
 * in transaction mode, which keeps the session, and the next process would wait for it forever.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'export-migrate' });
  await client.connect();
  try {
    await client.query('BEGIN');
    // node-pg-migrate's own lock belongs to the session.
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      ignorePattern: '.*\\.(map|d\\.ts)',
      migrationsTable: MIGRATIONS_TABLE,
      direction: 'up',
      noLock: true,
      // Its BEGIN only gets a warning from PostgreSQL, because a transaction is already open; its COMMIT ends that one.
      singleTransaction: true,
      log: () => undefined,
    });
    await client.query('COMMIT');
  } finally {
    // Anything uncommitted is rolled back.
    await client.end();
  }
}

export const MIGRATIONS_TABLE = 'export_migrations';
/** The newest file in migrations/: the version that this process needs. */
export const NEWEST_MIGRATION = newest(readdirSync(MIGRATIONS));

/** @param files their names begin with a number of four digits */
function newest(files: readonly string[]): string {
  return (files.toSorted().at(-1) ?? '').replace(/\..*$/, '');
}
