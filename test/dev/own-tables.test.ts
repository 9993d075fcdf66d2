import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resetStack } from '../../dev/stack/reset.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';
import { runProgram } from '../api/programs.js';
import { createDatabase, queryRows, type TestDatabase } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { until } from '../support/exports.js';
import { freePort } from './free-port.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A newcomer's tables: no UUIDs, and a name that the sample shop uses, too. */
const TABLES = `
  CREATE TABLE orders (id bigint PRIMARY KEY, org text NOT NULL, member text NOT NULL, ordered_on date NOT NULL);
  CREATE UNIQUE INDEX ON orders (org, id);
  INSERT INTO orders SELECT i, 'acme', 'user_' || i % 2, '2026-01-01' FROM generate_series(1, 20) AS i`;

describe('npm start with your own tables', function () {
  this.timeout(240_000);
  let folder: string;
  let database: TestDatabase;
  let datasets: string;
  const dataDirs: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'own-tables-'));
    database = await createDatabase();
    await queryRows(database.url, TABLES);
    datasets = join(folder, 'orders.mjs');
    const args = ['orders', '--tenant', 'org', '--out', datasets];
    const { code, stderr } = await runProgram('worker/dataset-new.ts', args, { SOURCE_DATABASE_URL: database.url });
    assert.deepEqual([code, stderr], [0, '']);
  });
  after(async () => {
    await database.drop();
    for (const dataDir of dataDirs) {
      await resetStack(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    }
    await rm(folder, { recursive: true });
  });

  const newDataDir = (): string => {
    const dataDir = join(LOCAL_DIR, `test-${process.pid}-own-${dataDirs.length}`);
    dataDirs.push(dataDir);
    return dataDir;
  };

  /** `npm start`, and what it has printed. */
  async function start(
    dataDir: string,
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<{ readonly program: ChildProcess; printed: string }> {
    const own = { LOCAL_STACK_DIR: dataDir, PORT: String(await freePort()), SAMPLE_ORDERS: '1000', ...env };
    const program = spawn(process.execPath, ['dev/run.mjs', 'start', ...args], {
      ...{ cwd: ROOT, env: { PATH: process.env.PATH, HOME: folder, ...own }, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    const run = { program, printed: '' };
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (run.printed += text));
    }
    return run;
  }
  /** `npm start -- --once`. @returns its exit code, and what it printed */
  async function startOnce(dataDir: string, env: Readonly<Record<string, string>>) {
    const run = await start(dataDir, env, '--once');
    await once(run.program, 'close');
    return { code: run.program.exitCode, printed: run.printed };
  }
  /** Waits until everything has started. Fails if the program ends before. */
  const untilRunning = async (run: Awaited<ReturnType<typeof start>>): Promise<void> => {
    await until(
      'Running',
      () => {
        assert.equal(run.program.exitCode, null, run.printed);
        return Promise.resolve(run.printed.includes('Running.'));
      },
      200_000,
    );
  };
  /** Starts the sample shop, and stops it. @returns the address of its database, for its owner */
  async function sampleDatabase(dataDir: string, prepare: (url: string) => Promise<unknown>): Promise<string> {
    const run = await start(dataDir, {});
    await untilRunning(run);
    const [, url = ''] = /^ +Source +psql (\S+)$/m.exec(run.printed) ?? [];
    await prepare(url);
    run.program.kill('SIGTERM');
    await once(run.program, 'exit');
    return url;
  }

  it('exports the first dataset of DATASETS_MODULE from SOURCE_DATABASE_URL, as the owner of a row', async () => {
    const settings = { SOURCE_DATABASE_URL: database.url, DATASETS_MODULE: datasets };
    const { code, printed } = await startOnce(newDataDir(), settings);
    assert.equal(code, 0, printed);
    assert.match(printed, /^ {2}Signed in as user_1 of tenant acme, the tenant of a row of orders\..*SAMPLE_TENANT/m);
    assert.match(printed, /^ {2}Exported +20 rows, /m);
    assert.match(printed, /checked: [\d,]+ bytes, 20 rows/);
  });

  it('exports a table in its own PostgreSQL, even if SOURCE_DATABASE_URL names it before it runs', async () => {
    const dataDir = newDataDir();
    const url = await sampleDatabase(dataDir, async (owner) => {
      await queryRows(owner, 'CREATE DATABASE mine');
      await queryRows(owner.replace(/[^/]+$/, 'mine'), TABLES);
    });
    const settings = { SOURCE_DATABASE_URL: url.replace(/[^/]+$/, 'mine'), DATASETS_MODULE: datasets };
    const { code, printed } = await startOnce(dataDir, settings);
    assert.equal(code, 0, printed);
    assert.match(printed, /^ {2}Exported +20 rows, /m);
  });

  deeply('exports a table in the database of the sample shop, also if it has the name of a sample table', async () => {
    const dataDir = newDataDir();
    await sampleDatabase(dataDir, (owner) => queryRows(owner, `DROP TABLE orders CASCADE; ${TABLES}`));
    const { code, printed } = await startOnce(dataDir, { DATASETS_MODULE: datasets });
    assert.equal(code, 0, printed);
    assert.match(printed, /^ {2}Exported +20 rows, /m);
  });

  it('signs in as SAMPLE_USER of SAMPLE_TENANT, and exports the first dataset that this user may', async () => {
    const file = join(folder, 'two.mjs');
    const dataset = { key: ['id'], table: 'orders', tenantColumn: 'org', columns: { id: { type: 'bigint' } } };
    const secret = {
      ...dataset,
      name: 'secret',
      title: 'Secret',
      permission: "current_setting('app.user_id') = 'boss'",
    };
    const open = { ...dataset, name: 'open', title: 'Open', userColumn: 'member' };
    await writeFile(file, `export default ${JSON.stringify([secret, open])}`);
    const settings = { SOURCE_DATABASE_URL: database.url, DATASETS_MODULE: file, JWT_USER_CLAIM: 'uid' };
    const { code, printed } = await startOnce(newDataDir(), {
      ...{ ...settings, SAMPLE_TENANT: 'acme', SAMPLE_USER: 'auth0|17' },
    });
    assert.equal(code, 0, printed);
    assert.match(printed, /^ {2}Signed in as auth0\|17 of tenant acme\.$/m);
    assert.match(printed, /^ {2}Exported +20 rows, .*$/m);
  });

  deeply('keeps running and says why if the user may not export any dataset', async () => {
    const file = join(folder, 'secret.mjs');
    const columns = { id: { type: 'bigint' } };
    const secret = { name: 'secret', title: 'Secret', table: 'orders', key: ['id'], tenantColumn: 'org', columns };
    await writeFile(file, `export default ${JSON.stringify([{ ...secret, permission: 'false' }])}`);
    const settings = { SOURCE_DATABASE_URL: database.url, DATASETS_MODULE: file };
    const run = await start(newDataDir(), settings);
    await untilRunning(run);
    assert.match(run.printed, /^ {2}No export, because user_1 may not export any dataset\./m);
    run.program.kill('SIGTERM');
    await once(run.program, 'exit');
  });

  it('explains at once what is missing', async () => {
    const tableless = await createDatabase();
    const own = await startOnce(newDataDir(), { SOURCE_DATABASE_URL: tableless.url });
    await tableless.drop();
    assert.equal(own.code, 1);
    assert.match(
      own.printed,
      /^SOURCE_DATABASE_URL is your own database, which has no table \w+ of the sample shop\. .*DATASETS_MODULE/m,
    );
    const dataDir = newDataDir();
    const broken = await startOnce(dataDir, { DATASETS_MODULE: join(folder, 'missing.mjs') });
    assert.equal(broken.code, 1);
    assert.match(broken.printed, /^DATASETS_MODULE .*missing\.mjs cannot be loaded: /m);
    assert.doesNotMatch(broken.printed, /✓/);
  });
});
