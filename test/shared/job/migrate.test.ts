import assert from 'node:assert/strict';
import { migrate, MIGRATIONS_TABLE, NEWEST_MIGRATION } from '../../../shared/job/migrate.js';
import { openDatabase, queryRows, type OpenDatabase } from '../../support/database.js';

describe('migrate', () => {
  let database: OpenDatabase;
  beforeEach(async () => {
    database = await openDatabase();
  });
  afterEach(() => database.close());

  it('runs each migration once when five processes migrate concurrently', async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
    const names = (await queryRows<{ name: string }>(database.url, `SELECT name FROM ${MIGRATIONS_TABLE}`)).map(
      ({ name }) => name,
    );
    assert.equal(new Set(names).size, names.length);
    assert.equal(NEWEST_MIGRATION, names.toSorted().at(-1));
  });

  it('leaves nothing behind when one migration fails', async () => {
    // A later migration creates a table of this name.
    await queryRows(database.url, 'CREATE TABLE tenant_places (mine text)');
    await assert.rejects(migrate(database.url), /tenant_places/);
    const tables = await queryRows<{ name: string }>(
      database.url,
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    assert.deepEqual(tables, [{ name: 'tenant_places' }]);
  });
});
