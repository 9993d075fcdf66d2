import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import type { ExportRequest } from '../../shared/contract.js';
import { startApi, seedFor, someone, type TestApi } from './support.js';

const SCHEDULE = randomUUID();
const listSchema = z.object({
  exports: z.array(z.looseObject({ name: z.string().nullable(), schedule_id: z.string().nullable() })),
  next_cursor: z.string().nullable(),
});

describe('a list of exports', () => {
  let api: TestApi;
  const alice = someone();

  before(async () => {
    api = await startApi();
    const day = (number: number): string => `2026-03-${String(number).padStart(2, '0')}T12:00:00.000Z`;
    await failed(alice, { name: 'Paid orders, Q3' }, day(1));
    await failed(alice, { name: 'ALL PAID', format: 'XLSX' }, day(2), SCHEDULE);
    await failed(alice, { name: '100%_\\ Ünpaid', type: 'customers' }, day(3));
    await failed(alice, {}, day(4));
    await failed(someone(), { name: 'Paid by somebody else' }, day(5));
  });
  after(() => api.close());

  async function failed(
    as: Principal,
    change: Partial<ExportRequest>,
    createdAt: string,
    scheduleId: string | null = null,
  ): Promise<void> {
    const seed = seedFor(as, { createdAt, scheduleId });
    const job = { ...seed, request: { ...seed.request, ...change } };
    await api.deps.jobs.insertFailed(job, { code: 'INTERNAL', message: 'It broke.' });
  }

  async function names(query: Readonly<Record<string, string>>): Promise<(string | null)[]> {
    const { status, text, json } = await api.ask('GET', `/v1/exports?${String(new URLSearchParams(query))}`, {
      as: alice,
    });
    assert.equal(status, 200, text);
    return listSchema.parse(json).exports.map(({ name }) => name);
  }

  it('finds exports by part of their name, ignoring case and without wildcards', async () => {
    assert.deepEqual(await names({ name: 'paid o' }), ['Paid orders, Q3']);
    assert.deepEqual(await names({ name: 'PAID' }), ['100%_\\ Ünpaid', 'ALL PAID', 'Paid orders, Q3']);
    assert.deepEqual(await names({ name: '%_\\' }), ['100%_\\ Ünpaid']);
    assert.deepEqual(await names({ name: 'ü' }), ['100%_\\ Ünpaid']);
    assert.deepEqual(await names({ name: 'nothing' }), []);
  });

  it('finds exports by format in any case, by type and by schedule', async () => {
    assert.deepEqual(await names({ format: 'xlsx' }), ['ALL PAID']);
    assert.deepEqual(await names({ format: 'XLSX' }), ['ALL PAID']);
    assert.deepEqual(await names({ type: 'customers' }), ['100%_\\ Ünpaid']);
    assert.deepEqual(await names({ schedule_id: SCHEDULE.toUpperCase() }), ['ALL PAID']);
    assert.deepEqual(await names({ schedule_id: randomUUID() }), []);
  });

  it('finds exports created at or after one time and before another', async () => {
    const [second, third] = ['2026-03-02T12:00:00Z', '2026-03-03T13:00:00+01:00'];
    assert.deepEqual(await names({ created_after: second, created_before: third }), ['ALL PAID']);
    assert.deepEqual(await names({ created_after: '2026-03-04' }), [null]);
    assert.deepEqual(await names({ created_before: '2026-03-02' }), ['Paid orders, Q3']);
  });

  it('combines filters, on later pages too', async () => {
    assert.deepEqual(await names({ name: 'paid', format: 'csv', type: 'orders', status: 'failed' }), [
      'Paid orders, Q3',
    ]);
    const first = await api.ask('GET', '/v1/exports?name=paid&limit=2', { as: alice });
    const { next_cursor: cursor } = listSchema.parse(first.json);
    assert.deepEqual(await names({ name: 'paid', limit: '2', cursor: cursor ?? '' }), ['Paid orders, Q3']);
  });
});
