import assert from 'node:assert/strict';
import { pino } from 'pino';
import { openPools } from '../../api/open-pools.js';
import { Source } from '../../shared/source/source.js';
import { SILENCE_MS } from '../../shared/time-limit.js';
import { someUser } from '../support/service.js';
import { stack } from '../support/stack.js';

describe('connections of the API to the source database', () => {
  it('have only the time limit of the session, for previews and permission checks', async () => {
    const pools = openPools(stack().env, pino({ level: 'silent' }));
    const slow = `pg_sleep(${SILENCE_MS / 1000 + 0.1})`;
    const session = { ...someUser(), timezone: 'UTC', statementTimeoutMs: 60_000 };
    const { signal } = new AbortController();
    const query = { sql: `SELECT ${slow}::text || 'row'`, columns: 1, long: [] };
    const firstRows = new Source(pools.previews).rows(query, session, signal)[Symbol.asyncIterator]();
    const condition = `${slow} IS NOT NULL`;
    try {
      const [rows, granted] = await Promise.all([
        firstRows.next(),
        new Source(pools.permissions).granted([condition], session, signal),
      ]);
      assert.deepEqual(rows.value, [['row']]);
      assert.deepEqual([...granted], [condition]);
      await firstRows.return?.();
    } finally {
      await pools.close();
    }
  });
});
