import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Principal } from '../../api/deps.js';
import { FORMATS } from '../../shared/formats/index.js';
import { choicesSchema } from '../../shared/request/choices-schema.js';
import { assertProblem } from '../api/problems.js';
import { unpacked } from '../conformance/archives.js';
import { hasPdfReaders, readPdf } from '../conformance/read-pdf.js';
import { queryRows } from '../support/database.js';
import { until } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { findSecrets } from '../support/secrets.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { mailsTo } from '../workflows/support.js';
import { allow, CANARIES, CANARY_SIGNS, createPeople, LIMITED_COLUMNS, people, PEOPLE } from './people.js';
import { fileOfPeople, rightsLater } from './rights-later.js';

const MASK_KEY = randomUUID();

describe("a column's access rule", () => {
  let service: TestService;
  /** Alice may see everything, Bob may not. */
  const [alice, bob] = [someUser(), someUser()];

  before(async () => {
    service = await startService({ orders: 20, datasets: [people], env: { MASK_KEY } });
    await createPeople(service.databaseUrl, bob);
    await allow(alice, service.databaseUrl, true);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  /** The rest of the body, where the request is only a part of it. */
  const AROUND: Readonly<Record<string, object>> = {
    '/v1/schedules': { name: 'Daily', cron: '@daily', timezone: 'UTC' },
    '/v1/saved-exports': { name: 'Mine' },
  };
  const fileOf = (as: Principal, body: object): Promise<Buffer> => fileOfPeople(service, as, body);
  const refusalOf = async (as: Principal, path: string, body: object, pointers: readonly string[]) => {
    const whole = { type: 'people', format: 'csv', ...body };
    const around = AROUND[path];
    const sent = around === undefined ? whole : { ...around, request: whole };
    const at = around === undefined ? '' : '/request';
    const answer = await service.ask('POST', path, { as, body: sent });
    return assertProblem(
      answer,
      'NOT_PERMITTED',
      pointers.map((pointer) => `${at}${pointer}`),
    );
  };
  const PATHS = ['/v1/exports', '/v1/exports/estimate', '/v1/exports/preview', '/v1/schedules', '/v1/saved-exports'];

  it('decides what GET /v1/datasets lists', async () => {
    const listFor = async (as: Principal) => {
      const { json } = await service.ask('GET', '/v1/datasets', { as });
      const [dataset] = choicesSchema.parse(json).datasets;
      return dataset ?? assert.fail();
    };
    const [hers, his] = [await listFor(alice), await listFor(bob)];
    assert.deepEqual(
      hers.columns.map(({ name }) => name),
      [...Object.keys(people.columns), 'badge', 'greeting', 'contact', 'bonus', 'rank'],
    );
    assert.deepEqual(
      hers.columns.filter(({ masked }) => masked).map(({ name, type }) => [name, type]),
      [
        ['tax_id', 'text'],
        ['seen_at', 'integer'],
      ],
    );
    assert.equal(hers.filters.length, 7);
    assert.deepEqual(
      his.columns.map(({ name, type, masked, locked, reason }) => [name, type, masked ?? locked ?? false, reason]),
      [
        ['id', 'bigint', false, undefined],
        ['name', 'text', false, undefined],
        ['phone', 'text', true, undefined],
        ['card', 'text', true, undefined],
        ['tax_id', 'text', true, undefined],
        ['born_on', 'integer', true, undefined],
        ['seen_at', 'integer', true, undefined],
        ['salary', 'numeric', true, 'Only for payroll.'],
        ['badge', 'text', true, undefined],
        ['greeting', 'text', false, undefined],
        ['bonus', 'text', true, 'Only for payroll.'],
      ],
    );
    assert.deepEqual(
      his.columns.filter(({ locked }) => locked).map(({ name }) => name),
      ['salary', 'bonus'],
    );
    assert.deepEqual(
      his.filters.map(({ name }) => name),
      ['name'],
    );
    assert.deepEqual([hers.sorts, his.sorts], [['id', 'grade'], ['id']]);
    assert.deepEqual([hers.rights_unknown, his.rights_unknown], [undefined, undefined]);
  });

  it('masks values and leaves hidden columns out, with the same bytes in both lanes', async () => {
    const key = createHmac('sha256', MASK_KEY).update(`mask\n${bob.tenantId}`).digest('hex');
    const hash = (value: string) => createHash('sha256').update(`${key}${value}`).digest('hex');
    const rows = Array.from({ length: PEOPLE }, (_, index) => {
      const id = index + 1;
      return `${id},Person ${id},****${`-${id}-55`.slice(-4)},${hash(`canary-card-${id}`)},***,${1970 + id},2026,****${`-${id}-77`.slice(-4)}`;
    });
    const text = LIMITED_COLUMNS.slice(0, -1);
    const expected = `${[text.join(','), ...rows, '100,,,,,,,'].join('\n')}\n`;
    assert.equal(String(await fileOf(bob, { columns: text })), expected);
    const greeted = String(await fileOf(bob, {})).split('\n');
    assert.deepEqual(
      greeted.map((line) => line.replace(/,[^,]*$/, '')),
      expected.split('\n'),
    );
    assert.equal(greeted[1]?.split(',').at(-1), 'Dear Person 1');
  });

  it('shows everything to callers who have the permission, except what is masked for everybody', async () => {
    const [, first = ''] = String(await fileOf(alice, {})).split('\n');
    assert.equal(
      first,
      '1,Person 1,canary-email-1@example.com,canary-phone-1-55,canary-card-1,***,1971-05-17,2026,98765431.25,99,canary-badge-1-77,Dear Person 1,Person 1 <canary-email-1@example.com>,canary-bonus-1,canary-rank-1',
    );
    assert.match(String(await fileOf(alice, { filters: { email: '-email-3@' } })), /^id.*\n3,Person 3,.*\n$/);
  });

  it('keeps every canary out of every file, row, mail, log and Temporal payload', async () => {
    const secret = (bytes: Buffer | string): string[] => CANARIES.filter((canary) => bytes.includes(canary));
    const user = { ...bob, email: `${randomUUID()}@example.com` };
    for (const format of [...FORMATS.keys(), 'account']) {
      const body = format === 'account' ? { type: 'account', format: 'json', columns: undefined } : { format };
      // Compressed text can't be searched.
      const options = format === 'PARQUET' ? { compression: 'none' } : {};
      const bytes = await fileOf(user, { ...body, options, notify: { email: user.email } });
      assert.ok(!bytes.includes('canary'), format);
      if (format === 'PDF') {
        if (await hasPdfReaders()) {
          const text = (await readPdf(bytes)).pages.join('');
          assert.match(text, /Person 3/);
          assert.deepEqual(secret(text), []);
        }
      } else if (format === 'XLSX' || format === 'account') {
        const files = [...(await unpacked(bytes)).entries()];
        for (const [name, content] of files) assert.deepEqual(secret(content), [], name);
      } else {
        assert.deepEqual(secret(bytes), [], format);
        assert.match(String(bytes), /Person 3/);
      }
    }
    const mails = await until('a mail', async () => {
      const found = await mailsTo(user);
      return found.length > 0 && found;
    });
    assert.deepEqual(secret(JSON.stringify(mails)), []);
    const zipped = await fileOf(user, { format: 'ndjson', options: { compression: 'gzip' } });
    assert.deepEqual(secret(gunzipSync(zipped)), []);

    const rows = await queryRows(service.databaseUrl, 'SELECT * FROM export_jobs j WHERE user_id = $1', [user.userId]);
    assert.deepEqual(secret(JSON.stringify(rows)), []);
    const secrets = Object.fromEntries(CANARY_SIGNS.map((sign) => [sign, sign]));
    assert.deepEqual(await findSecrets(stack(), { ...secrets, 'the key of masks': MASK_KEY }), []);
  });

  it('refuses hidden and locked columns by name', async () => {
    for (const path of PATHS) {
      await refusalOf(bob, path, { columns: ['id', 'email', 'salary', 'contact', 'bonus', 'rank'] }, [
        ...[1, 2, 3, 4, 5].map((column) => `/columns/${column}`),
      ]);
    }
  });

  it('refuses filters on values that the caller may not see, so nobody can guess them', async () => {
    const probes = {
      email: 'canary-email-1',
      phone: 'canary-phone-1-55',
      card: ['canary-card-1'],
      born_on: { gte: '1971-01-01', lt: '1972-01-01' },
      salary: { lt: 1 },
      has_salary: true,
    };
    for (const path of PATHS) {
      for (const [name, value] of Object.entries(probes)) {
        const { detail } = await refusalOf(bob, path, { columns: ['id'], filters: { [name]: value } }, [
          `/filters/${name}`,
        ]);
        assert.match(detail, new RegExp(`^You don't have permission to filter by ${name} `));
      }
    }
    // Guessing a salary by bisection reveals nothing: every step gets the same answer.
    const answers = new Set<string>();
    for (let [low, high] = [0, 2 ** 40]; high - low > 1;) {
      const gte = Math.floor((low + high) / 2);
      const problem = await refusalOf(bob, '/v1/exports/estimate', { filters: { salary: { gte } } }, [
        '/filters/salary',
      ]);
      answers.add(problem.detail);
      low = gte;
    }
    assert.equal(answers.size, 1);
  });

  it('refuses a sort by values that the caller may not see', async () => {
    for (const path of PATHS) {
      for (const sort of ['grade', '-grade']) await refusalOf(bob, path, { columns: ['id'], sort }, ['/sort']);
    }
    assert.match(String(await fileOf(alice, { columns: ['id'], sort: '-grade' })), /^id\n100\n1\n2\n/);
  });

  rightsLater({ alice, bob, service: () => service });
});
