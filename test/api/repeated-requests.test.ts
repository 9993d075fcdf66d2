import assert from 'node:assert/strict';
import { z } from 'zod';
import { someone, startApi, type TestApi } from './support.js';

const REQUEST = { type: 'orders', format: 'csv', filters: { date_range: 'last_month' }, notify: { email: false } };
const SAME = { notify: { email: false }, filters: { date_range: 'last_month' }, format: 'csv', type: 'orders' };

describe('a request that is repeated with its Idempotency-Key and another order of keys', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  for (const [path, id, body] of [
    ['/v1/saved-exports', 'saved_export_id', { name: 'Orders' }],
    ['/v1/schedules', 'schedule_id', { name: 'Orders', cron: '@yearly' }],
  ] as const) {
    it(`is the same request to ${path}`, async () => {
      const alice = someone();
      const ids: string[] = [];
      for (const sent of [
        { ...body, request: REQUEST },
        { request: SAME, ...body },
      ]) {
        const headers = { 'Idempotency-Key': 'one' };
        const { status, json, text } = await api.ask('POST', path, { as: alice, body: sent, headers });
        assert.equal(status, 201, text);
        ids.push(String(z.looseObject({ [id]: z.string() }).parse(json)[id]));
      }
      assert.equal(new Set(ids).size, 1);
      await api.ask('DELETE', `${path}/${ids[0] ?? ''}`, { as: alice });
    });
  }
});
