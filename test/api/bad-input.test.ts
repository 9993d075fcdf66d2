import assert from 'node:assert/strict';
import { slotsWorkflowId } from '../../shared/temporal/names.js';
import { queryRows } from '../support/database.js';
import { until } from '../support/exports.js';
import { assertProblem } from './problems.js';
import { type Ask } from '../support/ask.js';
import { seedFor, someone, startApi, type TestApi } from './support.js';

import { BAD_ANYWHERE, BAD_BODIES, GOOD_BODY } from './bad-bodies.js';
import { BAD_QUERIES } from './bad-queries.js';
import { badTokens } from './bad-tokens.js';

const DAILY = { cron: '@daily', timezone: 'UTC' };
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** Every route that takes a request, and where in its body the request is. */
const ROUTES = [
  ['/v1/exports', ''],
  ['/v1/exports/estimate', ''],
  ['/v1/exports/preview', ''],
  ['/v1/schedules', '/request'],
  ['/v1/saved-exports', '/request'],
] as const;

describe('the response to bad input', () => {
  let api: TestApi;
  const alice = someone();

  before(async () => {
    api = await startApi();
    // Until the database has answered once, only Node's own timezone names are known.
    const isRefused = (name: string): Promise<boolean> =>
      api.deps.timeZones.ofRequest({ options: { timezone: name } }).then((zoned) => 'problems' in zoned);
    await until('its timezones', () => isRefused('Europe/Nowhere'), 30_000);
  });
  after(() => api.close());

  const post = (options: Ask) => api.ask('POST', '/v1/exports', options);

  async function assertNothingStarted(): Promise<void> {
    const rows = await queryRows(api.databaseUrl, 'SELECT job_id FROM export_jobs WHERE user_id = $1', [alice.userId]);
    assert.deepEqual(rows, []);
    const { client } = api.deps.temporal;
    const semaphore = client.workflow.getHandle(slotsWorkflowId(alice.tenantId, alice.userId));
    await assert.rejects(semaphore.describe(), { name: 'WorkflowNotFoundError' });
  }
  afterEach(assertNothingStarted);

  describe('in the body of a POST', () => {
    for (const [what, body, pointers] of BAD_BODIES) {
      it(`is a 400 that names ${pointers.map((pointer) => pointer || 'the body').join(' and ')} for ${what}`, async () => {
        const { detail } = assertProblem(await post({ as: alice, body }), 'VALIDATION_FAILED', pointers);
        assert.doesNotMatch(detail, /Invalid (?:input|option)|received/, "the validator's own words");
      });
    }

    for (const [what, part, pointers] of BAD_ANYWHERE) {
      it(`names ${what} on every route that takes a request, and creates nothing`, async () => {
        const as = { ...alice, scopes: ['exports:read', 'exports:write', 'exports:admin'] };
        for (const [path, at] of ROUTES) {
          const request = { ...GOOD_BODY, ...part };
          const body = at === '' ? request : { name: 'Daily', request, ...(path.endsWith('schedules') ? DAILY : {}) };
          const answer = await api.ask('POST', path, { as, body });
          assertProblem(
            answer,
            'VALIDATION_FAILED',
            pointers.map((pointer) => `${at}${pointer}`),
          );
        }
        for (const [path, list] of [
          ['/v1/schedules', 'schedules'],
          ['/v1/saved-exports', 'saved_exports'],
        ] as const) {
          const { json } = await api.ask('GET', path, { as });
          assert.deepEqual((json as Record<string, unknown>)[list], [], path);
        }
      });
    }

    it('names all invalid fields together', async () => {
      const body = { ...GOOD_BODY, format: 'docx', columns: ['password'], filters: { color: 1 } };
      assertProblem(await post({ as: alice, body }), 'VALIDATION_FAILED', ['/format', '/columns/0', '/filters/color']);
      const other = { ...GOOD_BODY, columns: ['password'], options: { delimiter: 'x' } };
      assertProblem(await post({ as: alice, body: other }), 'VALIDATION_FAILED', ['/columns/0', '/options/delimiter']);
    });

    it('says that a missing field is required', async () => {
      for (const [body, field] of [
        [{ type: 'orders' }, 'format'],
        [{ type: 'account' }, 'format'],
        [{ format: 'csv' }, 'type'],
      ] as const) {
        const { detail } = assertProblem(await post({ as: alice, body }), 'VALIDATION_FAILED', [`/${field}`]);
        assert.match(detail, new RegExp(`^/${field} is required`));
      }
    });

    it('is a 400 for text that cannot be stored, on every route with a body, and names at most 20 fields', async () => {
      const schedule = { name: 'x', every_seconds: 3600, request: GOOD_BODY };
      for (const [method, path, body, pointer] of [
        ['POST', '/v1/exports/estimate', { ...GOOD_BODY, options: { timezone: 'UTC\0' } }, '/options/timezone'],
        ['POST', '/v1/schedules', { ...schedule, name: 'x\0' }, '/name'],
        ['POST', '/v1/schedules', { ...schedule, request: { ...GOOD_BODY, note: '\0' } }, '/request/note'],
        [
          'PUT',
          `/v1/schedules/${UNKNOWN_ID}`,
          { ...schedule, request: { ...GOOD_BODY, format: '\0' } },
          '/request/format',
        ],
      ] as const) {
        const answer = await api.ask(method, path, { as: alice, body });
        if (method === 'PUT') assertProblem(answer, 'NOT_FOUND');
        else assertProblem(answer, 'VALIDATION_FAILED', [pointer]);
      }
      const answer = await post({
        as: alice,
        body: { ...GOOD_BODY, columns: Array.from({ length: 1000 }, () => '\0') },
      });
      assert.equal(assertProblem(answer, 'VALIDATION_FAILED').errors?.length, 20);
    });

    it('is a 400 even for 30,000 levels of nesting', async () => {
      const deep = `{"type":"orders","format":"csv","note":${'['.repeat(30_000)}"\\u0000"${']'.repeat(30_000)}}`;
      assertProblem(await post({ as: alice, body: deep }), 'VALIDATION_FAILED');
    });

    it('is a 413 for more than 100 KB', async () => {
      assertProblem(await post({ as: alice, body: { ...GOOD_BODY, note: 'x'.repeat(100 * 1024) } }), 'BODY_TOO_LARGE');
    });

    it('is a 415 for a content type other than JSON', async () => {
      const headers = { 'Content-Type': 'text/csv' };
      assertProblem(await post({ as: alice, body: 'type\norders', headers }), 'UNSUPPORTED_MEDIA_TYPE');
    });

    it('is a 415 for a charset other than UTF-8', async () => {
      const headers = { 'Content-Type': 'application/json; charset=latin1' };
      assertProblem(await post({ as: alice, body: GOOD_BODY, headers }), 'UNSUPPORTED_MEDIA_TYPE');
    });

    for (const [what, key] of [
      ['is empty', ''],
      ['has a space', 'a b'],
      ['is too long', 'k'.repeat(256)],
      ['has a non-ASCII letter', 'cl\u00e9'],
    ] as const) {
      it(`is a 400 that names an Idempotency-Key that ${what}`, async () => {
        const headers = { 'Idempotency-Key': key };
        assertProblem(await post({ as: alice, body: GOOD_BODY, headers }), 'VALIDATION_FAILED', [
          'header/Idempotency-Key',
        ]);
      });
    }
  });

  describe('in the token', () => {
    for (const [what, authorization, detail] of badTokens(alice)) {
      it(`is a 401 that says why for a request ${what}`, async () => {
        const answer = await post({ authorization: await authorization(), body: GOOD_BODY });
        assert.match(assertProblem(answer, 'UNAUTHENTICATED').detail, detail);
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
      });
    }

    it('comes before any other error, on every path under /v1', async () => {
      for (const [method, path] of [
        ['GET', '/v1/exports'],
        ['GET', '/v1/datasets'],
        ['DELETE', '/v1/exports/x'],
        ['GET', '/v1/nothing'],
      ] as const) {
        assertProblem(await api.ask(method, path), 'UNAUTHENTICATED');
      }
      assertProblem(await post({ body: 'x'.repeat(200 * 1024) }), 'UNAUTHENTICATED');
    });
  });

  describe('in the URL', () => {
    const OF_A_JOB = [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/cancel'],
      ['GET', '/download'],
    ] as const;
    for (const [method, action] of OF_A_JOB) {
      it(`is a 400 that names a malformed id in ${method} …/{job_id}${action}`, async () => {
        for (const id of ['1', `${UNKNOWN_ID}0`, 'null', "'%20OR%201=1", '%00', `${UNKNOWN_ID}%00`]) {
          const answer = await api.ask(method, `/v1/exports/${id}${action}`, { as: alice });
          assertProblem(answer, 'VALIDATION_FAILED', ['path/job_id']);
        }
      });

      it(`is the same 404 for another user's job as for a missing one in ${method} …/{job_id}${action}`, async () => {
        const bob = someone();
        const seed = seedFor(bob);
        await api.deps.jobs.insert(seed);
        const colleague = { ...alice, tenantId: bob.tenantId };
        const elsewhere = { ...bob, tenantId: alice.tenantId };
        for (const [as, id] of [
          [alice, UNKNOWN_ID],
          [alice, seed.jobId],
          [colleague, seed.jobId],
          [elsewhere, seed.jobId],
        ] as const) {
          const problem = assertProblem(await api.ask(method, `/v1/exports/${id}${action}`, { as }), 'NOT_FOUND');
          assert.equal(problem.detail, `There is no export ${id}.`);
        }
        assert.equal((await api.deps.jobs.find(seed.jobId))?.cancel_requested_at, null);
      });
    }

    it('is a 400 that names a user id that is too long or has a control character', async () => {
      const as = { ...alice, scopes: ['exports:read', 'exports:admin'] };
      for (const id of ['x'.repeat(256), 'a\u0007', 'a\n']) {
        const encoded = encodeURIComponent(id);
        for (const [method, path, name] of [
          ['DELETE', `/v1/users/${encoded}/exports`, 'path/user_id'],
          ['GET', `/v1/audit?subject=${encoded}`, 'query/subject'],
          ['GET', `/v1/exports?on_behalf_of=${encoded}`, 'query/on_behalf_of'],
        ] as const) {
          assertProblem(await api.ask(method, path, { as }), 'VALIDATION_FAILED', [name]);
        }
      }
    });

    it('is a 400 for a path that cannot be decoded', async () => {
      assertProblem(await api.ask('GET', '/v1/exports/%zz', { as: alice }), 'VALIDATION_FAILED', ['path/job_id']);
    });

    it('is a 404 for an unknown path', async () => {
      assertProblem(await api.ask('GET', '/v1/nothing', { as: alice }), 'NOT_FOUND');
      assertProblem(await api.ask('GET', '/nothing'), 'NOT_FOUND');
    });

    it('is a 405 for a method that the path does not allow, and lists those it does', async () => {
      const answer = await api.ask('PUT', '/v1/exports', { as: alice, body: GOOD_BODY });
      assertProblem(answer, 'METHOD_NOT_ALLOWED');
      assert.equal(answer.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
      assertProblem(await api.ask('DELETE', '/healthz'), 'METHOD_NOT_ALLOWED');
    });

    for (const [query, pointers] of BAD_QUERIES) {
      it(`is a 400 that names ${pointers.join(' and ')} for GET /v1/exports?${query}`, async () => {
        assertProblem(await api.ask('GET', `/v1/exports?${query}`, { as: alice }), 'VALIDATION_FAILED', pointers);
      });
    }
  });
});
