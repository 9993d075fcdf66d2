import assert from 'node:assert/strict';
import { createPool } from '../../shared/postgres.js';
import { createDatabase, queryRows } from '../support/database.js';

describe('a pool', () => {
  it('reads times from a database that writes them in a style of its own', async () => {
    const database = await createDatabase();
    await queryRows(database.url, `ALTER DATABASE ${database.name} SET DateStyle = 'German'`);
    const pool = createPool(database.url, { max: 1, name: 'test', onIdleError: () => undefined });
    try {
      const { rows } = await pool.query<{ at: Date }>("SELECT timestamptz '2026-02-03 04:05:06Z' AS at");
      assert.equal(rows[0]?.at.toISOString(), '2026-02-03T04:05:06.000Z');
    } finally {
      await pool.end();
      await database.drop();
    }
  });
});
