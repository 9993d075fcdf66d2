import assert from 'node:assert/strict';
import { previewSchema } from '../../../shared/request/preview-schema.js';
import { createDatabase, queryRows, type TestDatabase } from '../../support/database.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { edges, TYPES } from '../type-values.js';
import { createEdges, EDGE_COLUMNS, EDGE_ROWS } from './edges-table.js';
import { expectedRows } from './expected.js';

const NAMES = Object.keys(TYPES);

describe('the preview of a Parquet file', () => {
  let service: TestService;
  let source: TestDatabase;
  const me = someUser();

  before(async () => {
    source = await createDatabase();
    service = await startService({ orders: 10, datasets: [edges], env: { SOURCE_DATABASE_URL: source.url } });
    await queryRows(source.url, createEdges(me.tenantId));
  });
  after(async () => {
    await closeCleanly(service);
    await source.drop();
  });

  it('shows what the file holds: null for values that Parquet cannot represent, and times in UTC', async () => {
    const body = { type: 'edges', format: 'parquet', options: { timezone: 'Asia/Tokyo' } };
    const { text, json } = await service.ask('POST', '/v1/exports/preview?limit=100', { as: me, body });
    const [file] = previewSchema.parse(json).files;
    assert.ok(file !== undefined, text);
    assert.deepEqual(
      file.columns.map(({ header }) => header),
      NAMES,
    );
    // Types that stand for others show an element as PostgreSQL does, in the timezone of the request.
    const held = await expectedRows(source.url, edges, EDGE_COLUMNS);
    assert.deepEqual([file.rows.length, held.length], [EDGE_ROWS, EDGE_ROWS]);
    for (const [row, cells] of held.entries()) {
      for (const [column, cell] of cells.entries()) {
        const { declared = 'other' } = TYPES[NAMES[column] ?? ''] ?? {};
        const shown: string | null = file.rows[row]?.[column] ?? null;
        const what = `${NAMES[column] ?? ''}, row ${row}`;
        if (cell === null) assert.equal(shown, null, what);
        else if (['text', 'char', 'uuid', 'integer', 'bigint', 'numeric', 'boolean', 'jsonb'].includes(declared))
          assert.equal(shown, cell, what);
        else if (declared === 'timestamptz' || declared === 'timestamp') {
          assert.equal(/\+00( BC)?$/.test(shown ?? ''), declared === 'timestamptz', what);
          const sql = `SELECT (extract(epoch FROM $1::${declared}) * 1000000)::numeric(30, 0)::text AS microseconds`;
          assert.deepEqual(await queryRows(source.url, sql, [shown]), [{ microseconds: cell }], what);
        } else assert.notEqual(shown, null, what);
      }
    }
  });
});
