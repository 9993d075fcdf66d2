import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { withBystanders } from '../support/bystander.js';
import { startService, someUser, type TestService } from '../support/service.js';

const KB = 1024;
/** Maximum size of an error response, in bytes; for a compressed body or a query, beyond the request's own size. */
const MORE = 10 * KB;
const GOOD = { type: 'orders', format: 'csv' };
const list = (length: number, item: unknown): unknown[] => Array.from({ length }, () => item);
const record = (length: number): object =>
  Object.fromEntries(Array.from({ length }, (_, n) => [n.toString(36), 0] as const));
/** Invalid bodies of nearly 100 KB each. Text is sent as is: JSON.stringify can't write such deep nesting. */
const REQUESTS: Readonly<Record<string, object | string>> = {
  'columns of 51,000 items': { ...GOOD, columns: list(51_000, 1) },
  'columns of 20,000 names': { ...GOOD, columns: list(20_000, 'x') },
  'a filter of 40,000 values': { ...GOOD, filters: { status: list(40_000, 1) } },
  'a filter of 1,000 long values': { ...GOOD, filters: { status: list(1000, 'x'.repeat(90)) } },
  '12,000 unknown fields': { ...GOOD, ...record(12_000) },
  '12,000 unknown filters': { ...GOOD, filters: record(12_000) },
  '12,000 unknown options': { ...GOOD, options: record(12_000) },
  'an unknown field with a name of 90 KB': { ...GOOD, ['k/~'.repeat(30_000)]: 1 },
  'an unknown filter whose name is line breaks': { ...GOOD, filters: { ['\n'.repeat(45_000)]: 1 } },
  'a timezone of 90 KB': { ...GOOD, options: { timezone: 'Z'.repeat(90_000) } },
  'a number of 90 KB': { ...GOOD, filters: { total: { gte: '9'.repeat(90_000) } } },
  'an address of 90 KB': { ...GOOD, notify: { email: `${'a'.repeat(90_000)}@example.com` } },
  'a webhook of 90 KB': { ...GOOD, notify: { webhook_url: `https://example.com/${'a'.repeat(90_000)}` } },
  'nested lists': `{"type":"orders","format":"csv","columns":${'['.repeat(40_000)}${']'.repeat(40_000)}}`,
  'empty objects under a name of 90 KB': { ...GOOD, ['/'.repeat(90_000)]: list(1000, {}) },
};

const problem = z.looseObject({
  detail: z.string(),
  errors: z
    .array(z.looseObject({ detail: z.string() }))
    .min(1)
    .max(20),
});

describe('giant requests', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
    await service.startWorker();
  });
  after(() => service.close());

  const PATHS = ['/v1/exports', '/v1/exports/estimate', '/v1/schedules'] as const;
  function bodyFor(path: (typeof PATHS)[number], request: object | string): string {
    const text = typeof request === 'string' ? request : JSON.stringify(request);
    return path === '/v1/schedules' ? `{"name":"x","cron":"0 6 * * *","request":${text}}` : text;
  }

  for (const [what, request] of Object.entries(REQUESTS)) {
    it(`get a 400 of at most 10 KB with at most 20 problems: ${what}`, async () => {
      for (const path of PATHS) {
        const body = bodyFor(path, request);
        const answer = await service.ask('POST', path, { as: someUser(), body });
        assert.equal(answer.status, 400);
        assert.ok(answer.text.length < MORE, `${path}: ${answer.text.length} bytes`);
        problem.parse(answer.json);
      }
    });
  }

  it('get a response hardly larger than their compressed body', async () => {
    const body = gzipSync(bodyFor('/v1/exports', { ...GOOD, filters: { ['\n'.repeat(45_000)]: 1 } }));
    const headers = { 'Content-Encoding': 'gzip' };
    const answer = await service.ask('POST', '/v1/exports', { as: someUser(), body, headers });
    assert.equal(answer.status, 400);
    assert.ok(answer.text.length < body.length + MORE);
  });

  it('get a 400 with at most 20 problems for a thousand unknown query parameters', async () => {
    const query = Array.from({ length: 1000 }, (_, n) => n.toString(36)).join('&');
    for (const path of ['/v1/exports', '/v1/schedules']) {
      const answer = await service.ask('GET', `${path}?${query}`, { as: someUser() });
      assert.equal(answer.status, 400);
      assert.ok(answer.text.length < query.length + MORE);
      problem.parse(answer.json);
    }
  });

  it("do not delay other users' POST and cancel beyond two seconds", async () => {
    await withBystanders(service, () =>
      Promise.all(
        PATHS.flatMap((path) =>
          Object.values(REQUESTS).map((request) =>
            service.ask('POST', path, { as: someUser(), body: bodyFor(path, request) }),
          ),
        ),
      ),
    );
  });
});
