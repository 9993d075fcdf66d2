import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRegistry, defineDataset } from '../../shared/datasets/index.js';
import { checkDatasets } from '../../shared/startup/check-datasets.js';
import { createPool } from '../../shared/postgres.js';
import { Source } from '../../shared/source/source.js';
import { openDatabase, type OpenDatabase } from '../support/database.js';

const datasetOf = (table: string) =>
  defineDataset({
    name: 'bills',
    title: 'Bills',
    table,
    key: ['id'],
    tenantColumn: 'tenant_id',
    columns: { id: { type: 'integer' } },
  });

describe('the dataset check for row-level security', () => {
  let database: OpenDatabase;
  const roles: string[] = [];

  before(async () => {
    database = await openDatabase();
    await database.client.query(
      `CREATE TABLE bills (id integer PRIMARY KEY, tenant_id uuid NOT NULL);
       CREATE POLICY tenant ON bills USING (tenant_id::text = current_setting('app.tenant_id', true));
       CREATE VIEW open_bills WITH (check_option = local, security_barrier) AS SELECT * FROM bills;
       CREATE VIEW my_bills WITH (security_invoker = on) AS SELECT * FROM bills;
       CREATE VIEW all_my_bills AS SELECT * FROM my_bills`,
    );
  });
  after(async () => {
    await database.client.query('ALTER TABLE bills OWNER TO CURRENT_USER');
    for (const role of roles) await database.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await database.close();
  });
  beforeEach(() =>
    database.client.query(
      `ALTER TABLE bills ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
       ALTER TABLE bills OWNER TO CURRENT_USER; ALTER VIEW open_bills OWNER TO CURRENT_USER`,
    ),
  );

  /** A role that can read, with the given attributes. */
  async function createRole(special = ''): Promise<string> {
    const role = `reader_${randomUUID().replaceAll('-', '')}`;
    await database.client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'secret' ${special}; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`,
    );
    roles.push(role);
    return role;
  }
  async function sentencesFor(role: string, table = 'bills'): Promise<string[]> {
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: 'secret' });
    const pool = createPool(url.href, { max: 1, name: 'test', onIdleError: () => undefined });
    try {
      const { misfits, bypasses, unavailable } = await checkDatasets(
        new Source(pool),
        createRegistry([datasetOf(table)]),
      );
      assert.deepEqual({ misfits, unavailable }, { misfits: [], unavailable: null });
      for (const { table } of bypasses) assert.equal(table, 'public.bills');
      return bypasses.map(({ sentence }) => sentence);
    } finally {
      await pool.end();
    }
  }
  const BYPASSED = 'Row-level security of public.bills is bypassed: ';
  const CONNECT = 'Use a role in SOURCE_DATABASE_URL that owns nothing and can only read';

  it('does not warn about a role that the policies apply to, or one that owns a table with FORCE', async () => {
    const reader = await createRole();
    assert.deepEqual(await sentencesFor(reader), []);
    assert.deepEqual(await sentencesFor(reader, 'my_bills'), []);
    await database.client.query(`ALTER TABLE bills OWNER TO ${reader}, FORCE ROW LEVEL SECURITY`);
    assert.deepEqual(await sentencesFor(reader), []);
  });

  it('warns about a superuser, even with FORCE, and about BYPASSRLS', async () => {
    await database.client.query('ALTER TABLE bills FORCE ROW LEVEL SECURITY');
    const superuser = await createRole('SUPERUSER');
    const bypasser = await createRole('BYPASSRLS');
    assert.deepEqual(await sentencesFor(superuser), [
      `${BYPASSED}the source role ${superuser} is a superuser. ${CONNECT}.`,
    ]);
    assert.deepEqual(await sentencesFor(bypasser), [
      `${BYPASSED}the source role ${bypasser} has BYPASSRLS. ${CONNECT}.`,
    ]);
  });

  it("warns about the table's owner, and about a member of the owner who inherits its rights", async () => {
    const owner = await createRole();
    const member = await createRole(`IN ROLE ${owner}`);
    const stranger = await createRole(`NOINHERIT IN ROLE ${owner}`);
    await database.client.query(`ALTER TABLE bills OWNER TO ${owner}`);
    const or = `${CONNECT}, or run: ALTER TABLE public.bills FORCE ROW LEVEL SECURITY;`;
    assert.deepEqual(await sentencesFor(owner), [`${BYPASSED}the source role ${owner} owns the table. ${or}`]);
    assert.deepEqual(await sentencesFor(member), [
      `${BYPASSED}the source role ${member} is a member of ${owner}, which owns the table. ${or}`,
    ]);
    assert.deepEqual(await sentencesFor(stranger), []);
  });

  it('warns about a view that reads as its owner, but not one with security_invoker, at any nesting', async () => {
    const reader = await createRole();
    const owner = await createRole('BYPASSRLS');
    await database.client.query(`ALTER VIEW open_bills OWNER TO ${owner}`);
    assert.deepEqual(await sentencesFor(reader, 'open_bills'), [
      `${BYPASSED}view public.open_bills reads it as the view's owner, ${owner}, who has BYPASSRLS. ` +
        'Run: ALTER VIEW public.open_bills SET (security_invoker = true);',
    ]);
    assert.deepEqual(await sentencesFor(reader, 'my_bills'), []);
    assert.deepEqual(await sentencesFor(reader, 'all_my_bills'), []);
    assert.equal((await sentencesFor(owner, 'all_my_bills')).length, 1);
  });

  it('does not warn if no table has row-level security', async () => {
    await database.client.query('ALTER TABLE bills DISABLE ROW LEVEL SECURITY');
    const superuser = await createRole('SUPERUSER');
    for (const table of ['bills', 'open_bills']) assert.deepEqual(await sentencesFor(superuser, table), []);
  });
});
