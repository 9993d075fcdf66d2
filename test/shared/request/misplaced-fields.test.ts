import assert from 'node:assert/strict';
import { createRegistry } from '../../../shared/datasets/index.js';
import { orders } from '../../../shared/datasets/orders.js';
import { checkExportRequest } from '../../../shared/request/request.js';
import { createRequestSchema } from '../../../shared/request/request-schema.js';

describe('the problem of an unknown field', () => {
  const registry = createRegistry([orders]);
  const schema = createRequestSchema(registry);
  const problemsOf = (body: object): Record<string, string> => {
    const checked = checkExportRequest(body, schema, registry, { at: new Date() });
    const problems = 'problems' in checked ? checked.problems : [];
    return Object.fromEntries(problems.map(({ pointer, detail }) => [pointer, detail]));
  };

  it('says where the field belongs, if the request has a place for it', () => {
    const misplaced = { timezone: 'UTC', delimiter: ';', webhook_url: 'x', status: ['paid'], color: 'red' };
    assert.deepEqual(problemsOf({ type: 'orders', format: 'csv', ...misplaced }), {
      '/timezone': 'is not a known field here; put it in options',
      '/delimiter': 'is not a known field here; put it in options',
      '/webhook_url': 'is not a known field here; put it in notify',
      '/status': 'is not a known field here; put it in filters',
      '/color': 'is not a known field',
    });
  });

  it('only names places that the format and the type have', () => {
    assert.deepEqual(problemsOf({ type: 'account', format: 'json', delimiter: ';', status: [], timezone: 'UTC' }), {
      '/delimiter': 'is not a known field',
      '/status': 'is not a known field',
      '/timezone': 'is not a known field here; put it in options',
    });
    const { '/delimiter': delimiter } = problemsOf({ type: 'nothing', format: 'doc', delimiter: ';' });
    assert.equal(delimiter, 'is not a known field here; put it in options');
    assert.deepEqual(problemsOf({ type: 'orders', format: 'csv', options: { color: 1 }, notify: { status: 1 } }), {
      '/options/color': 'is not a known field',
      '/notify/status': 'is not a known field',
    });
  });
});
