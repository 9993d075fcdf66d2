import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { assertProblem } from '../api/problems.js';
import { manifestOf, unpacked, verified } from '../conformance/archives.js';
import { download, postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { allow, createPeople, people } from './people.js';

/** Nobody may see any of its columns. */
const secrets = defineDataset({
  ...{
    name: 'secrets',
    title: 'Secrets',
    table: 'people',
    key: ['id'],
    tenantColumn: 'tenant_id',
    userColumn: 'user_id',
  },
  columns: { email: { type: 'text', permission: 'false' } },
});

/** The list in README.txt. */
function missingIn(readme: string): string[] {
  const [, section = ''] = /\nWHAT IS MISSING\n\n([^]+?)\n\n\S/.exec(readme.replaceAll(/\n\n(?= )/g, '\n')) ?? [];
  return section.split('\n').filter((line) => line.startsWith('  '));
}

describe('an account archive', () => {
  let service: TestService;
  const bob = someUser();
  /** May see everything that isn't masked for everybody. */
  const alice = { ...bob, userId: randomUUID() };

  before(async () => {
    service = await startService({ orders: 20, datasets: [people, secrets], env: { MASK_KEY: randomUUID() } });
    await createPeople(service.databaseUrl, bob);
    await allow(alice, service.databaseUrl, true);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  async function archive(as: Principal, body: object = {}) {
    const jobId = await postExport(service, as, { type: 'account', format: 'json', ...body });
    const { warnings } = await untilEnded(service, as, jobId);
    const bytes = await download(service, as, jobId);
    await verified(bytes);
    const files = await unpacked(bytes);
    const manifest = manifestOf(files);
    const masked = manifest.files[0]?.schema.flatMap(({ name, mask }) => (mask === undefined ? [] : [[name, mask]]));
    return { warnings, masked, manifest, readme: String(files.get('README.txt')) };
  }

  it('says for each file which columns are masked or locked, and how many are hidden', async () => {
    const { warnings, masked, manifest, readme } = await archive(bob);
    assert.deepEqual(masked, [
      ['phone', 'last_4'],
      ['card', 'hash'],
      ['tax_id', 'redact'],
      ['born_on', 'year'],
      ['seen_at', 'year'],
      ['badge', 'last_4'],
    ]);
    assert.deepEqual(manifest.files[0]?.left_out, {
      locked: [
        { name: 'salary', label: 'Salary', reason: 'Only for payroll.' },
        { name: 'bonus', label: 'bonus', reason: 'Only for payroll.' },
      ],
      hidden: 4,
    });
    assert.equal(manifest.left_out_files, 1);
    assert.deepEqual(missingIn(readme), [
      '  people.json:',
      '    Phone: only the last four characters are shown',
      '    card: replaced by a code that is the same for the same value',
      '    tax_id: not shown',
      '    born_on: only the year is shown',
      '    seen_at: only the year is shown',
      '    badge: only the last four characters are shown',
      '    Salary: left out. Only for payroll.',
      '    bonus: left out. Only for payroll.',
      '    4 hidden columns: left out',
      '  1 other file: left out',
    ]);
    for (const hidden of ['email', 'grade', 'contact', 'rank', 'ecrets']) assert.ok(!readme.includes(hidden), hidden);
    assert.deepEqual(warnings, [
      {
        ...{ code: 'ACCOUNT_COLUMNS_MASKED', count: 6 },
        message: '6 columns are masked: README.txt in the archive lists them.',
      },
      {
        ...{ code: 'ACCOUNT_COLUMNS_LEFT_OUT', count: 6 },
        message: '6 columns are left out: README.txt in the archive says more.',
      },
      {
        ...{ code: 'ACCOUNT_FILES_LEFT_OUT', count: 1 },
        message: '1 file is left out, because no column may be shown.',
      },
    ]);
  });

  it('is refused to a user who may not see a single column', async () => {
    const strict = await startService({ orders: 1, datasets: [secrets] });
    await createPeople(strict.databaseUrl, bob);
    const body = { type: 'account', format: 'json' };
    for (const path of ['/v1/exports', '/v1/exports/preview']) {
      const problem = assertProblem(await strict.ask('POST', path, { as: bob, body }), 'NOT_PERMITTED');
      assert.equal(problem.detail, "You don't have permission to export any column of Account.");
    }
    await closeCleanly(strict);
  });

  it('made by an administrator withholds what either of the two may not see, and says so', async () => {
    const admin = { ...someUser(), tenantId: bob.tenantId, scopes: ['exports:admin', 'exports:write', 'exports:read'] };
    const { manifest, readme } = await archive(admin, { on_behalf_of: alice.userId });
    assert.equal(manifest.files[0]?.left_out.hidden, 4);
    assert.match(readme.replaceAll('\n', ' '), /both you and the administrator who requested/);
    const own = await archive(alice);
    assert.deepEqual(own.masked, [
      ['tax_id', 'redact'],
      ['seen_at', 'year'],
    ]);
    assert.deepEqual(own.manifest.files[0]?.left_out, { locked: [], hidden: 0 });
    assert.deepEqual(missingIn(own.readme), [
      '  people.json:',
      '    tax_id: not shown',
      '    seen_at: only the year is shown',
      '  1 other file: left out',
    ]);
  });
});
