import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { checkDataset, type Dataset } from '../../shared/datasets/index.js';
import { assertProblem } from '../api/problems.js';
import type { Principal } from '../../api/deps.js';
import { postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { allow, createPeople, people } from './people.js';

/** The dataset without some columns, and without the filters, sorts and computed columns that use them. */
function without(...removed: readonly string[]): Dataset {
  const keep = <T>(
    items: Readonly<Record<string, T>> | undefined,
    uses: (name: string, item: T) => readonly string[],
  ) =>
    Object.fromEntries(
      Object.entries(items ?? {}).filter(([name, item]) => !uses(name, item).some((used) => removed.includes(used))),
    );
  return checkDataset({
    ...people,
    columns: keep(people.columns, (name) => [name]),
    computed: keep(people.computed, (name, { from }) => [name, ...from]),
    filters: keep(people.filters, (_, { column }) => [column]),
    sorts: (people.sorts ?? []).filter((name) => !removed.includes(name)),
  });
}

describe('a file whose dataset has been changed since', () => {
  let service: TestService;
  /** Alice may see every column, Bob may not. */
  const [alice, bob] = [someUser(), someUser()];

  before(async () => {
    service = await startService({ orders: 20, datasets: [people], env: { MASK_KEY: randomUUID() } });
    await createPeople(service.databaseUrl, alice);
    await allow(alice, service.databaseUrl, true);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  interface Made {
    readonly as: Principal;
    readonly path: string;
    readonly link: string;
  }
  async function made(as: Principal, body: object): Promise<Made> {
    const jobId = await postExport(service, as, { type: 'people', ...body });
    const { download_url: link } = await untilEnded(service, as, jobId);
    return { as, path: `/v1/exports/${jobId}/download`, link: new URL(link ?? '').pathname };
  }

  /** Runs the check as if the API had been restarted with another module; undefined: without the dataset. */
  async function withDefinition(changed: Dataset | undefined, check: () => Promise<void>): Promise<void> {
    const { registry } = service.deps;
    assert.ok(registry instanceof Map);
    if (changed === undefined) registry.delete('people');
    else registry.set('people', changed);
    try {
      await check();
    } finally {
      registry.set('people', people);
    }
  }

  async function assertHandedOut({ as, path, link }: Made): Promise<void> {
    assert.equal((await service.ask('GET', path, { as })).status, 302);
    assert.equal((await service.ask('GET', link)).status, 302);
  }

  async function assertRefused({ as, path, link }: Made, title = 'People'): Promise<void> {
    const { detail } = assertProblem(await service.ask('GET', path, { as }), 'NOT_PERMITTED');
    assert.equal(detail, `This user isn't allowed to see all columns of this ${title} export.`);
    assertProblem(await service.ask('GET', link), 'NOT_FOUND');
  }

  it('can still be downloaded if the removed columns were open to everybody', async () => {
    const files = [
      await made(bob, { columns: ['id', 'name'] }),
      await made(bob, { columns: ['id'], filters: { name: 'Person' } }),
      await made(bob, { columns: ['greeting'] }),
      // Alice's right to the email address is still checked.
      await made(alice, { columns: ['email', 'name'] }),
    ];
    await withDefinition(without('name'), async () => {
      for (const file of files) await assertHandedOut(file);
    });
    const archive = await made(bob, { type: 'account', format: 'json', columns: undefined });
    await withDefinition(without('greeting'), () => assertHandedOut(archive));
  });

  it('cannot be downloaded if a removed column had a permission or a mask', async () => {
    const files = [
      await made(alice, { columns: ['id', 'email'] }),
      await made(alice, { columns: ['id', 'phone'] }),
      await made(alice, { columns: ['id'], filters: { email: 'canary' } }),
      await made(alice, { columns: ['id'], sort: 'grade' }),
      await made(alice, { columns: ['contact'] }),
      await made(alice, { columns: ['rank'] }),
      await made(bob, { columns: ['id', 'phone'] }),
      await made(bob, { columns: ['id', 'tax_id'] }),
    ];
    const changed = without('email', 'phone', 'grade', 'rank', 'tax_id', 'contact');
    await withDefinition(changed, async () => {
      for (const file of files) await assertRefused(file);
    });
    for (const file of files) await assertHandedOut(file);
  });

  it('cannot be downloaded if one of its columns has become restricted', async () => {
    const file = await made(alice, { columns: ['id', 'name'] });
    for (const right of [{ permission: 'false' }, { mask: 'redact' }] as const) {
      const { columns } = without('name');
      const changed = checkDataset({
        ...without('name'),
        columns: { ...columns, name: { type: 'text', ...right } },
        computed: {},
      });
      await withDefinition(changed, () => assertRefused(file));
    }
    const open = checkDataset({ ...people, permission: 'true' });
    await withDefinition(open, () => assertHandedOut(file));
    const closed = checkDataset({ ...people, permission: 'false' });
    await withDefinition(closed, async () => {
      assertProblem(await service.ask('GET', file.path, { as: alice }), 'NOT_PERMITTED');
      assertProblem(await service.ask('GET', file.link), 'NOT_FOUND');
    });
  });

  it('cannot be downloaded if the dataset is gone, because its permission is unknown', async () => {
    const file = await made(bob, { columns: ['id', 'name'] });
    const archive = await made(bob, { type: 'account', format: 'json', columns: undefined });
    await withDefinition(undefined, async () => {
      await assertRefused(file, 'people');
      await assertRefused(archive, 'Account');
    });
  });
});
