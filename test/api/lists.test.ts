import assert from 'node:assert/strict';
import { z } from 'zod';
import { startApi, seedFor, someone, type TestApi } from './support.js';

const KB = 1024;
/** Nearly as large as a body may be. */
const FILTERS = { status: Array.from({ length: 1000 }, () => 'x'.repeat(90)) };

/** As many as a wide table has, with the longest headers that JSON allows. */
const COLUMNS = Array.from({ length: 1000 }, (_, n) => ({ name: `column_${n}`, as: `${n}`.padEnd(63, 'x') }));

describe('a list of exports with large filters and many columns', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  it('omits them; a single export includes them', async () => {
    const alice = someone();
    const seeds = Array.from({ length: 30 }, () => {
      const seed = seedFor(alice);
      return { ...seed, request: { ...seed.request, filters: FILTERS, columns: COLUMNS } };
    });
    for (const seed of seeds) await api.deps.jobs.insertFailed(seed, { code: 'INTERNAL', message: 'It broke.' });
    const { text, json } = await api.ask('GET', '/v1/exports?limit=30', { as: alice });
    assert.ok(text.length < 60 * KB, `${text.length} bytes`);
    const { exports } = z.object({ exports: z.array(z.looseObject({ job_id: z.string() })) }).parse(json);
    assert.equal(exports.length, 30);
    assert.ok(exports.every((job) => !('filters' in job) && !('columns' in job)));
    const one = await api.ask('GET', `/v1/exports/${exports[0]?.job_id ?? ''}`, { as: alice });
    const { filters, columns } = z.looseObject({ filters: z.unknown(), columns: z.unknown() }).parse(one.json);
    assert.deepEqual([filters, columns], [FILTERS, COLUMNS]);
  });
});
