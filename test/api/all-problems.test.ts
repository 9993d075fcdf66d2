import assert from 'node:assert/strict';
import { SCOPES, type Principal } from '../../api/deps.js';
import type { Route } from '../../api/openapi/operation.js';
import { ROUTES } from '../../api/routes/index.js';
import { queryRows } from '../support/database.js';
import { until } from '../support/exports.js';
import { assertProblem } from './problems.js';
import { someone, startApi, type TestApi } from './support.js';

/** Names of everything that is wrong with a request to a route whose parts are all invalid. */
const wrongParts = ({ path, query, headers = [], body }: Route): string[] => [
  ...[...path.matchAll(/:(\w+)/g)].map(([, name = '']) => `path/${name}`),
  ...(query === undefined ? [] : ['query/color']),
  ...(headers.includes('Idempotency-Key') ? ['header/Idempotency-Key'] : []),
  ...(body === undefined ? [] : ['']),
];

const EVERYTHING_WRONG = {
  format: 'csv',
  columns: ['password'],
  filters: { color: 1, status: ['lost', 'paid', 'gone'] },
  options: { delimiter: 'too long', timezone: 'Mars/Olympus' },
  notify: { email: 'bob@example.com', webhook_url: 'https://127.0.0.1/' },
  color: 'red\0',
};
const NAMES = [
  '/columns/0',
  '/filters/status/0',
  '/filters/status/2',
  '/filters/color',
  '/notify/webhook_url',
  '/options/delimiter',
];

describe('the problems of a request', () => {
  let api: TestApi;
  const alice: Principal = { ...someone(), email: 'alice@example.com', scopes: SCOPES };

  before(async () => {
    api = await startApi();
    // Until the database has answered once, only Node's own timezone names are known.
    const zone = { options: { timezone: 'Europe/Nowhere' } };
    await until('its timezones', async () => 'problems' in (await api.deps.timeZones.ofRequest(zone)), 30_000);
  });
  after(() => api.close());

  const routes = ROUTES.filter((route) => route.path.startsWith('/v1/') && wrongParts(route).length > 0);
  for (const route of routes) {
    const { method, path, query, body } = route;
    const expected = wrongParts(route);
    it(`are returned together for ${method.toUpperCase()} ${path}: ${expected.join(', ')}`, async () => {
      const answer = await api.ask(
        method.toUpperCase(),
        `${path.replace(/:\w+/g, '%00')}${query === undefined ? '' : '?color=red'}`,
        {
          as: alice,
          headers: expected.includes('header/Idempotency-Key') ? { 'Idempotency-Key': 'a b' } : {},
          ...(body === undefined ? {} : { body: '{"type":' }),
        },
      );
      assertProblem(answer, 'VALIDATION_FAILED', expected);
    });
  }
  it('are tested on every kind of route', () => {
    assert.ok(routes.length > 15);
    assert.ok(routes.some((route) => wrongParts(route).length >= 2));
  });

  const namesIn = async (path: string, body: unknown): Promise<readonly string[]> => {
    const { errors = [] } = assertProblem(await api.ask('POST', path, { as: alice, body }), 'VALIDATION_FAILED');
    return errors.map((error) => ('pointer' in error ? error.pointer : error.parameter)).toSorted();
  };

  for (const path of ['/v1/exports', '/v1/exports/estimate']) {
    it(`do not hide one another in POST ${path}`, async () => {
      const all = [...NAMES, '/color', '/options/timezone'];
      assert.deepEqual(await namesIn(path, { ...EVERYTHING_WRONG, type: 'orders' }), all.toSorted());
      const allowed = { webhook_url: 'https://1.1.1.1/', email: 'bob@example.com' };
      assert.deepEqual(await namesIn(path, { ...EVERYTHING_WRONG, type: 'orders', notify: allowed }), [
        ...[...NAMES, '/color', '/options/timezone', '/notify/email']
          .filter((name) => name !== '/notify/webhook_url')
          .toSorted(),
      ]);
    });

    it(`include those of common fields if the type is unknown, in POST ${path}`, async () => {
      const body = { ...EVERYTHING_WRONG, type: 'nothing', format: 'docx' };
      assert.deepEqual(
        await namesIn(path, body),
        ['/color', '/format', '/notify/webhook_url', '/options/timezone', '/type'].toSorted(),
      );
    });
  }

  it('do not hide one another in POST /v1/schedules, in the schedule or in its request', async () => {
    const schedule = {
      name: '',
      every_seconds: 1,
      ends_at: '2020-01-01T00:00:00Z',
      timezone: 'Mars/Olympus',
      color: 1,
    };
    const body = { ...schedule, overlap: 'sometimes', request: { ...EVERYTHING_WRONG, type: 'orders' } };
    assert.deepEqual(
      await namesIn('/v1/schedules', body),
      [
        ...['/name', '/every_seconds', '/ends_at', '/timezone', '/color', '/overlap'],
        ...[...NAMES, '/color', '/options/timezone'].map((name) => `/request${name}`),
      ].toSorted(),
    );
  });

  it('are not hidden by a list that is too long', async () => {
    const body = { type: 'orders', format: 'docx', columns: Array.from({ length: 1001 }, () => 'id'), color: 1 };
    assert.deepEqual(await namesIn('/v1/exports', body), ['/color', '/columns', '/format']);
  });

  it('keep it from starting anything', async () => {
    const started = await queryRows(api.databaseUrl, 'SELECT FROM export_jobs WHERE user_id = $1', [alice.userId]);
    assert.equal(started.length, 0);
  });
});
