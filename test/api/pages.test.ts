import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { queryRows } from '../support/database.js';
import { seedFor, someone, startApi, type TestApi } from './support.js';

const CREATED = "'2026-01-31T12:00:00Z'::timestamptz + make_interval(secs => n * 0.0001)";
const pageSchema = z.looseObject({ next_cursor: z.string().nullable() });

describe('the pages of a list', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  /** The ids of all pages of one entry each. */
  async function readAll(path: string, as: ReturnType<typeof someone>, list: string, id: string): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`;
      const { json } = await api.ask('GET', `${path}?limit=1${query}`, { as });
      const page = pageSchema.parse(json);
      for (const entry of z.array(z.looseObject({ [id]: z.string() })).parse(page[list])) ids.push(String(entry[id]));
      cursor = page.next_cursor;
      assert.ok(ids.length <= 20, 'the list has no end');
    }
    return ids;
  }

  it('contain each saved export exactly once, even if several were created within a millisecond', async () => {
    const alice = someone();
    const made = await queryRows<{ id: string }>(
      api.databaseUrl,
      `INSERT INTO saved_exports (saved_export_id, tenant_ref, user_ref, name, shared, request, request_hash, created_at)
       SELECT gen_random_uuid(), $1, $2, 'n', false, '{"type": "orders", "format": "csv"}', '', ${CREATED}
       FROM generate_series(1, 20) AS n RETURNING saved_export_id AS id`,
      [alice.tenantId, alice.userId],
    );
    const seen = await readAll('/v1/saved-exports', alice, 'saved_exports', 'saved_export_id');
    assert.deepEqual(seen.toSorted(), made.map(({ id }) => id).toSorted());
  });

  it('contain each export exactly once, whichever clock set its time', async () => {
    const alice = someone();
    const ids = Array.from({ length: 20 }, () => randomUUID());
    for (const jobId of ids) {
      await api.deps.jobs.insertFailed(seedFor(alice, { jobId }), { code: 'INTERNAL', message: 'It broke.' });
    }
    await queryRows(
      api.databaseUrl,
      `UPDATE export_jobs SET created_at = ${CREATED}
       FROM (SELECT job_id AS id, row_number() OVER (ORDER BY random()) AS n FROM export_jobs WHERE user_ref = $1) AS numbered
       WHERE job_id = id`,
      [alice.userId],
    );
    assert.deepEqual((await readAll('/v1/exports', alice, 'exports', 'job_id')).toSorted(), ids.toSorted());
  });
});
