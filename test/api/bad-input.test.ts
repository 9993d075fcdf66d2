import assert from 'node:assert/strict';
import { SignJWT, UnsecuredJWT, generateKeyPair } from 'jose';
import { slotsWorkflowId } from '../../shared/temporal/names.js';
import { signToken } from '../../api/access/sign-token.js';
import { queryRows } from '../support/database.js';
import { until } from '../support/exports.js';
import { assertProblem } from './problems.js';
import { type Ask } from '../support/ask.js';
import { JWT_SECRET } from '../support/service.js';
import { seedFor, someone, startApi, type TestApi } from './support.js';

const GOOD = { type: 'orders', format: 'csv' };
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

/** What a request may never have, whichever route takes it. */
const ANYWHERE: readonly (readonly [string, object, readonly string[]])[] = [
  ['an unknown column', { columns: ['id', 'password'] }, ['/columns/1']],
  ['a repeated column', { columns: ['id', 'total', 'id'] }, ['/columns']],
  [
    'a repeated header',
    {
      columns: [
        { name: 'id', as: 'a' },
        { name: 'total', as: 'a' },
      ],
    },
    ['/columns/0/as', '/columns/1/as'],
  ],
  ['a sort that is not offered', { sort: 'note' }, ['/sort']],
  ['a user of 256 characters', { on_behalf_of: 'x'.repeat(256) }, ['/on_behalf_of']],
  ['a user with a control character', { on_behalf_of: 'a\u0007' }, ['/on_behalf_of']],
];

/** A request body, and the fields that the error must name. */
const BODIES: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['an unknown type', { ...GOOD, type: 'nothing' }, ['/type']],
  ['no type', { format: 'csv' }, ['/type']],
  ['a type that is a number', { ...GOOD, type: 7 }, ['/type']],
  ['an unknown format', { ...GOOD, format: 'docx' }, ['/format']],
  ['no format', { type: 'orders' }, ['/format']],
  ['a format that is a list', { ...GOOD, format: ['csv'] }, ['/format']],
  ['an empty name', { ...GOOD, name: ' ' }, ['/name']],
  ['a name of 101 characters', { ...GOOD, name: 'x'.repeat(101) }, ['/name']],
  ['a name with a line break', { ...GOOD, name: 'a\nb' }, ['/name']],
  ['a name that is a number', { ...GOOD, name: 3 }, ['/name']],
  ['an unknown column', { ...GOOD, columns: ['id', 'password'] }, ['/columns/1']],
  ['columns that are a string', { ...GOOD, columns: 'id' }, ['/columns']],
  ['no columns at all', { ...GOOD, columns: [] }, ['/columns']],
  ['a column twice', { ...GOOD, columns: ['id', 'id'] }, ['/columns']],
  ['a column twice, once with a header', { ...GOOD, columns: ['id', { name: 'id', as: 'Key' }] }, ['/columns']],
  ['an unknown column with a header', { ...GOOD, columns: [{ name: 'password', as: 'Word' }] }, ['/columns/0/name']],
  ['a column without its header', { ...GOOD, columns: [{ name: 'id' }] }, ['/columns/0/as']],
  ['a header that is empty', { ...GOOD, columns: [{ name: 'id', as: ' ' }] }, ['/columns/0/as']],
  ['a header of 256 characters', { ...GOOD, columns: [{ name: 'id', as: 'x'.repeat(256) }] }, ['/columns/0/as']],
  ['a header with a line break', { ...GOOD, columns: ['total', { name: 'id', as: 'a\nb' }] }, ['/columns/1/as']],
  ['a header with a control character', { ...GOOD, columns: [{ name: 'id', as: 'a\u001b' }] }, ['/columns/0/as']],
  ['a header that is a number', { ...GOOD, columns: [{ name: 'id', as: 1 }] }, ['/columns/0/as']],
  ['an unknown field of a column', { ...GOOD, columns: [{ name: 'id', as: 'a', to: 1 }] }, ['/columns/0/to']],
  ['a column that is a list', { ...GOOD, columns: [['id']] }, ['/columns/0']],
  [
    'the same header twice',
    { ...GOOD, columns: ['id', { name: 'total', as: 'a' }, { name: 'note', as: 'a' }] },
    ['/columns/1/as', '/columns/2/as'],
  ],
  [
    'the name of another column as header',
    { ...GOOD, columns: [{ name: 'total', as: 'id' }, 'id'] },
    ['/columns/0/as'],
  ],
  [
    'the label of another column as header',
    { ...GOOD, columns: ['id', { name: 'total', as: 'Order ID' }], options: { header: 'labels' } },
    ['/columns/1/as'],
  ],
  [
    'a key of more than 63 bytes',
    { ...GOOD, format: 'json', columns: [{ name: 'id', as: 'é'.repeat(32) }] },
    ['/columns/0/as'],
  ],
  ['a sort that is not offered', { ...GOOD, sort: '-note' }, ['/sort']],
  ['a sort that is a list', { ...GOOD, sort: ['id'] }, ['/sort']],
  ['an unknown filter', { ...GOOD, filters: { color: 'red' } }, ['/filters/color']],
  ['filters that are a list', { ...GOOD, filters: [] }, ['/filters']],
  ['a range that is a list', { ...GOOD, filters: { total: [5, 1] } }, ['/filters/total']],
  ['an unknown value of a filter', { ...GOOD, filters: { status: ['lost'] } }, ['/filters/status/0']],
  ['a filter of the wrong type', { ...GOOD, filters: { total: 5 } }, ['/filters/total']],
  ['a range with text for a number', { ...GOOD, filters: { total: { gte: 'much' } } }, ['/filters/total/gte']],
  ['a reversed range', { ...GOOD, filters: { total: { gt: 9, lt: 1 } } }, ['/filters/total']],
  ['a number that is not an id', { ...GOOD, filters: { customer_id: 1.5 } }, ['/filters/customer_id']],
  [
    'invalid dates',
    { ...GOOD, filters: { date_range: ['soon', '2026-02-30'] } },
    ['/filters/date_range/0', '/filters/date_range/1'],
  ],
  ['reversed dates', { ...GOOD, filters: { date_range: ['2026-04-01', '2026-01-01'] } }, ['/filters/date_range']],
  [
    'a last day with a time, and a first day that does not exist',
    { ...GOOD, filters: { date_range: { from: '2026-02-30', to: '2026-03-31T10:00' } } },
    ['/filters/date_range/from', '/filters/date_range/to'],
  ],
  ['days without a first or last one', { ...GOOD, filters: { date_range: {} } }, ['/filters/date_range']],
  ['an unknown relative range', { ...GOOD, filters: { date_range: 'last_eon' } }, ['/filters/date_range']],
  ['one date', { ...GOOD, filters: { date_range: ['2026-04-01'] } }, ['/filters/date_range']],
  ['text with a NUL in it', { ...GOOD, filters: { currency: 'EU\0' } }, ['/filters/currency']],
  ['an unknown option', { ...GOOD, options: { color: 'red' } }, ['/options/color']],
  ['an option of the wrong type', { ...GOOD, options: { escape_formulas: 'yes' } }, ['/options/escape_formulas']],
  ['NUL in a title', { ...GOOD, format: 'pdf', options: { title: 'a\0b' } }, ['/options/title']],
  ['NUL in an address', { ...GOOD, notify: { webhook_url: 'https://example.com/\0' } }, ['/notify/webhook_url']],
  ['NUL in a key', { ...GOOD, options: { 'a\0b': 1 } }, ['/options/a\0b']],
  ['a high surrogate', '{"type":"orders","format":"csv","filters":{"currency":"\\ud83d"}}', ['/filters/currency']],
  ['a low surrogate', '{"type":"orders","format":"csv","options":{"null_text":"\\udd25"}}', ['/options/null_text']],
  ['deeply nested NUL', { ...GOOD, note: [[{ a: ['b', '\0'] }]] }, ['/note/0/0/a/1', '/note']],
  ['an unknown timezone', { ...GOOD, options: { timezone: 'Mars/Olympus' } }, ['/options/timezone']],
  ['an abbreviation', { ...GOOD, options: { timezone: 'PST' } }, ['/options/timezone']],
  ['another abbreviation', { ...GOOD, options: { timezone: 'IST' } }, ['/options/timezone']],
  ['options that are a string', { ...GOOD, options: 'fast' }, ['/options']],
  ['a loopback webhook', { ...GOOD, notify: { webhook_url: 'https://127.0.0.1/' } }, ['/notify/webhook_url']],
  ['an invalid email address', { ...GOOD, notify: { email: 'me' } }, ['/notify/email']],
  ['columns of an account', { type: 'account', format: 'json', columns: ['id'] }, ['/columns']],
  ['filters of an account', { type: 'account', format: 'json', filters: {} }, ['/filters']],
  ['an account in an unknown format', { type: 'account', format: 'docx' }, ['/format']],
  ['an account without a format', { type: 'account' }, ['/format']],
  [
    'a compressed account',
    { type: 'account', format: 'csv', options: { compression: 'gzip' } },
    ['/options/compression'],
  ],
  ['an unknown option of an account', { type: 'account', format: 'json', options: { bom: true } }, ['/options/bom']],
  ['an unknown field', { ...GOOD, 'a/b~c': 1 }, ['/a~1b~0c']],
  ['a prototype', '{"type":"orders","format":"csv","__proto__":{"a":1}}', ['/__proto__']],
  ['a list', [], ['']],
  ['null', 'null', ['']],
  ['a number', '7', ['']],
  ['malformed JSON', '{"type":', ['']],
  ['nothing', '', ['/type', '/format']],
];

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
    for (const [what, body, pointers] of BODIES) {
      it(`is a 400 that names ${pointers.map((pointer) => pointer || 'the body').join(' and ')} for ${what}`, async () => {
        const { detail } = assertProblem(await post({ as: alice, body }), 'VALIDATION_FAILED', pointers);
        assert.doesNotMatch(detail, /Invalid (?:input|option)|received/, "the validator's own words");
      });
    }

    for (const [what, part, pointers] of ANYWHERE) {
      it(`names ${what} on every route that takes a request, and creates nothing`, async () => {
        const as = { ...alice, scopes: ['exports:read', 'exports:write', 'exports:admin'] };
        for (const [path, at] of ROUTES) {
          const request = { ...GOOD, ...part };
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
      const body = { ...GOOD, format: 'docx', columns: ['password'], filters: { color: 1 } };
      assertProblem(await post({ as: alice, body }), 'VALIDATION_FAILED', ['/format', '/columns/0', '/filters/color']);
      const other = { ...GOOD, columns: ['password'], options: { delimiter: 'x' } };
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
      const schedule = { name: 'x', every_seconds: 3600, request: GOOD };
      for (const [method, path, body, pointer] of [
        ['POST', '/v1/exports/estimate', { ...GOOD, options: { timezone: 'UTC\0' } }, '/options/timezone'],
        ['POST', '/v1/schedules', { ...schedule, name: 'x\0' }, '/name'],
        ['POST', '/v1/schedules', { ...schedule, request: { ...GOOD, note: '\0' } }, '/request/note'],
        ['PUT', `/v1/schedules/${UNKNOWN_ID}`, { ...schedule, request: { ...GOOD, format: '\0' } }, '/request/format'],
      ] as const) {
        const answer = await api.ask(method, path, { as: alice, body });
        if (method === 'PUT') assert.ok([400, 404].includes(answer.status), answer.text);
        else assertProblem(answer, 'VALIDATION_FAILED', [pointer]);
      }
      const answer = await post({ as: alice, body: { ...GOOD, columns: Array.from({ length: 1000 }, () => '\0') } });
      assert.equal(assertProblem(answer, 'VALIDATION_FAILED').errors?.length, 20);
    });

    it('is a 400 even for 30,000 levels of nesting', async () => {
      const deep = `{"type":"orders","format":"csv","note":${'['.repeat(30_000)}"\\u0000"${']'.repeat(30_000)}}`;
      assertProblem(await post({ as: alice, body: deep }), 'VALIDATION_FAILED');
    });

    it('is a 413 for more than 100 KB', async () => {
      assertProblem(await post({ as: alice, body: { ...GOOD, note: 'x'.repeat(100 * 1024) } }), 'BODY_TOO_LARGE');
    });

    it('is a 415 for a content type other than JSON', async () => {
      const headers = { 'Content-Type': 'text/csv' };
      assertProblem(await post({ as: alice, body: 'type\norders', headers }), 'UNSUPPORTED_MEDIA_TYPE');
    });

    it('is a 415 for a charset other than UTF-8', async () => {
      const headers = { 'Content-Type': 'application/json; charset=latin1' };
      assertProblem(await post({ as: alice, body: GOOD, headers }), 'UNSUPPORTED_MEDIA_TYPE');
    });

    for (const [what, key] of [
      ['is empty', ''],
      ['has a space', 'a b'],
      ['is too long', 'k'.repeat(256)],
      ['has a non-ASCII letter', 'cl\u00e9'],
    ] as const) {
      it(`is a 400 that names an Idempotency-Key that ${what}`, async () => {
        const headers = { 'Idempotency-Key': key };
        assertProblem(await post({ as: alice, body: GOOD, headers }), 'VALIDATION_FAILED', ['header/Idempotency-Key']);
      });
    }
  });

  describe('in the token', () => {
    const claims = { sub: alice.userId, tenant_id: alice.tenantId };
    const key = new TextEncoder().encode(JWT_SECRET);
    const signed = (payload: Record<string, unknown>, secret = key) =>
      new SignJWT({ exp: Math.floor(Date.now() / 1000) + 60, ...payload })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(secret);

    const TOKENS: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
      ['without a token', () => '', /must be "Bearer" followed by a token/],
      ['with another scheme', () => 'Basic YTpi', /must be "Bearer" followed by a token/],
      ['with a token that is not a JWT', () => 'Bearer abc', /is not a JWT/],
      [
        'with a token signed by another key',
        async () => `Bearer ${await signed(claims, new TextEncoder().encode('x'.repeat(32)))}`,
        /is not valid/,
      ],
      [
        'with a token whose payload was changed',
        async () => `Bearer ${(await signed(claims)).replace(/\.[^.]+\./, '.eyJzdWIiOiJhIn0.')}`,
        /is not valid/,
      ],
      [
        'with an unsigned token (algorithm none)',
        () => `Bearer ${new UnsecuredJWT(claims).setExpirationTime('1h').encode()}`,
        /algorithm is not accepted/,
      ],
      [
        'with a token signed by an untrusted private key',
        async () => `Bearer ${await byPublicKey(claims)}`,
        /algorithm is not accepted/,
      ],
      [
        'with an expired token',
        async () => `Bearer ${await signToken(JWT_SECRET, { ...alice, ttlSeconds: -60 })}`,
        /has expired/,
      ],
      ['with a token without exp', async () => `Bearer ${await signed({ ...claims, exp: undefined })}`, /exp claim/],
      [
        'with a token that is not valid yet',
        async () => `Bearer ${await signed({ ...claims, nbf: Math.floor(Date.now() / 1000) + 60 })}`,
        /nbf claim/,
      ],
      [
        'with a token without a user',
        async () => `Bearer ${await signed({ tenant_id: alice.tenantId })}`,
        /sub must be 1 to 255/,
      ],
      [
        'with a token without a tenant',
        async () => `Bearer ${await signed({ sub: alice.userId })}`,
        /tenant_id must be 1 to 255/,
      ],
      [
        'with an empty user id',
        async () => `Bearer ${await signed({ ...claims, sub: '' })}`,
        /sub must be 1 to 255 printable characters/,
      ],
      [
        'with a line break in the tenant id',
        async () => `Bearer ${await signed({ ...claims, tenant_id: 'a\nb' })}`,
        /tenant_id must be 1 to 255 printable characters/,
      ],
      [
        'with a user of 256 characters',
        async () => `Bearer ${await signed({ ...claims, sub: 'x'.repeat(256) })}`,
        /sub must be 1 to 255 printable characters/,
      ],
      [
        'with a tenant with a control character',
        async () => `Bearer ${await signed({ ...claims, tenant_id: 'a\u0007' })}`,
        /tenant_id must be 1 to 255 printable characters/,
      ],
      [
        'with a user that cannot be part of a URL',
        async () => `Bearer ${await signed({ ...claims, sub: '..' })}`,
        /sub must be .* can't be "\." or "\.\."/,
      ],
    ];
    for (const [what, authorization, detail] of TOKENS) {
      it(`is a 401 that says why for a request ${what}`, async () => {
        const answer = await post({ authorization: await authorization(), body: GOOD });
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

    it('is a 400 that names the id of a user that is too long or has a control character', async () => {
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
      const answer = await api.ask('PUT', '/v1/exports', { as: alice, body: GOOD });
      assertProblem(answer, 'METHOD_NOT_ALLOWED');
      assert.equal(answer.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
      assertProblem(await api.ask('DELETE', '/healthz'), 'METHOD_NOT_ALLOWED');
    });

    const QUERIES: readonly (readonly [string, readonly string[]])[] = [
      ['limit=0', ['query/limit']],
      ['limit=101', ['query/limit']],
      ['limit=ten', ['query/limit']],
      ['limit=1&limit=2', ['query/limit']],
      ['status=LOST', ['query/status']],
      ['type=nothing', ['query/type']],
      ['cursor=abc', ['query/cursor']],
      [`cursor=${Buffer.from('["2026-01-01","x"]').toString('base64url')}`, ['query/cursor']],
      ['cursor=', ['query/cursor']],
      ['page=2', ['query/page']],
      ['format=docx', ['query/format']],
      ['name=', ['query/name']],
      [`name=${'x'.repeat(101)}`, ['query/name']],
      ['name=a&name=b', ['query/name']],
      ['name=%00', ['query/name']],
      ['schedule_id=1', ['query/schedule_id']],
      ['saved_export_id=1', ['query/saved_export_id']],
      ['created_after=yesterday', ['query/created_after']],
      ['created_after=2026-02-30', ['query/created_after']],
      ['created_before=2026-01-31T12:00:00', ['query/created_before']],
      ['created_after=x&created_before=y', ['query/created_after', 'query/created_before']],
      ['status=%00', ['query/status']],
      ['limit=%00', ['query/limit']],
      ['cursor=%00', ['query/cursor']],
      ['%00=1', ['query/\0']],
      ['status=LOST&limit=0', ['query/status', 'query/limit']],
    ];
    for (const [query, pointers] of QUERIES) {
      it(`is a 400 that names ${pointers.join(' and ')} for GET /v1/exports?${query}`, async () => {
        assertProblem(await api.ask('GET', `/v1/exports?${query}`, { as: alice }), 'VALIDATION_FAILED', pointers);
      });
    }
  });
});

async function byPublicKey(claims: Record<string, unknown>): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).setExpirationTime('1h').sign(privateKey);
}
