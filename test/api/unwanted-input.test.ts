import assert from 'node:assert/strict';
import { z } from 'zod';
import { ROUTES } from '../../api/routes/index.js';
import { assertProblem } from './problems.js';
import { someone, startApi, type TestApi } from './support.js';

const refusal = z.looseObject({ errors: z.array(z.record(z.string(), z.string())) });
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** Every route that changes something without taking a body. */
const WITHOUT_BODY = ROUTES.filter(({ method, body }) => method !== 'get' && body === undefined);

const TAKES_NONE = 'must be empty: this route takes no body';

/** Every route with a token. */
const WITH_TOKEN = ROUTES.filter(({ scope }) => scope !== undefined);

describe('a route that changes something without taking a body', () => {
  let api: TestApi;
  const admin = { ...someone(), scopes: ['exports:read', 'exports:write', 'exports:admin'] };
  before(async () => {
    // Erasures don't end without a worker.
    api = await startApi({ settings: { erasureAnswerMs: 50 } });
  });
  after(() => api.close());

  const ask = (path: string, method: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    api.ask(method.toUpperCase(), path.replaceAll(/:\w+/g, UNKNOWN_ID), { as: admin, body, headers });

  it('exists for runs, pauses, cancels and deletions', () => {
    assert.ok(WITHOUT_BODY.length >= 10, String(WITHOUT_BODY.length));
  });

  for (const { method, path } of WITHOUT_BODY) {
    it(`refuses a body other than {}: ${method.toUpperCase()} ${path}`, async () => {
      for (const body of [
        '{"options":{"delimiter":";"}}',
        'not json',
        '[]',
        'null',
        '"x"',
        `{"a":"${'x'.repeat(9999)}"}`,
      ]) {
        const { errors } = assertProblem(await ask(path, method, body), 'VALIDATION_FAILED', ['']);
        assert.deepEqual(errors, [{ pointer: '', detail: TAKES_NONE }]);
      }
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1']) {
        assertProblem(await ask(path, method, 'format=csv', { 'Content-Type': type }), 'VALIDATION_FAILED', ['']);
      }
    });

    it(`accepts no body, an empty one and {}: ${method.toUpperCase()} ${path}`, async () => {
      for (const body of [undefined, '', '{}', ' {\n} ', '\n']) {
        const { text } = await ask(path, method, body);
        assert.ok(!text.includes('VALIDATION_FAILED'), `${JSON.stringify(body)}: ${text}`);
      }
      const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const { text } = await ask(path, method, '', form);
      assert.ok(!text.includes('VALIDATION_FAILED'), text);
    });
  }
});

describe('a route with a token', () => {
  let api: TestApi;
  const as = { ...someone(), scopes: ['exports:read', 'exports:write', 'exports:admin', 'operator:decode'] };
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  for (const { method, path, body } of WITH_TOKEN) {
    it(`refuses an unknown query parameter: ${method.toUpperCase()} ${path}`, async () => {
      const address = `${path.replaceAll(/:\w+/g, UNKNOWN_ID)}?delimiter=%3B`;
      const options = body === undefined ? { as } : { as, body: {} };
      const { status, json } = await api.ask(method.toUpperCase(), address, options);
      assert.equal(status, 400);
      const { errors } = refusal.parse(json);
      assert.ok(
        errors.some((error) => error.parameter === 'delimiter' && error.in === 'query'),
        JSON.stringify(errors),
      );
    });
  }
});
