import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { msToTs } from '@temporalio/common/lib/time.js';
import { pino } from 'pino';
import { serve } from '../../api/server.js';
import { seedSampleData } from '../../dev/sample-data/seed.js';
import { UsageError } from '../../shared/process/command-line.js';
import { ConfigError, parseApiConfig, parseWorkerConfig } from '../../shared/startup/config.js';
import { loadDatasets } from '../../shared/datasets/load.js';
import { checkDataset, createRegistry } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { ERRORS, isErrorCode, messageOf, sentenceOf } from '../../shared/errors.js';
import { pdfPositions } from '../../shared/formats/pdf/position.js';
import { checkJobStore } from '../../shared/startup/checks.js';
import { migrate } from '../../shared/job/migrate.js';
import { openPdfResources } from '../../shared/startup/open-pdf-resources.js';
import { createPool } from '../../shared/postgres.js';
import { connectTemporal, encryptedBy } from '../../shared/temporal/client.js';
import { readPayloadKeys } from '../../shared/temporal/payload-keys.js';
import { createDatabase, queryRows, withSettings, type TestDatabase } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { stack } from '../support/stack.js';
import { runProgram } from '../api/programs.js';
import { parseWorkerArguments } from '../../worker/arguments.js';
import { MetricsPortError, serveMetrics } from '../../shared/process/metrics-server.js';
import { setUpTemporal } from '../../worker/set-up-temporal.js';
import { keyNamed } from '../temporal/raw-payloads.js';
import { runCopies } from '../../worker/copies.js';
import { assertDocumented, DOCUMENTED, ERRORS_PAGE, provoked } from './error-docs.js';
import { assertJobsFail } from './failing-jobs.js';

const NOWHERE = '127.0.0.1:9';

describe('docs/errors.md', () => {
  describe('documents the errors of a process that cannot start:', () => {
    let database: TestDatabase;
    let source: TestDatabase;
    before(async () => {
      [database, source] = await Promise.all([createDatabase(), createDatabase()]);
      await seedSampleData({ databaseUrl: source.url, orders: 100, singleTenant: true });
    });
    after(() => Promise.all([database.drop(), source.drop()]));

    /**
     * The error lines of a worker that exits immediately. Retried, because a busy machine may not answer within the
     * worker's time limit.
     */
    async function worker(change: Readonly<Record<string, string>>, tries = 3): Promise<string[]> {
      const env = { ...stack().env, DATABASE_URL: database.url, SOURCE_DATABASE_URL: source.url, ...change };
      const { code, stdout, stderr } = await runProgram('worker/main.ts', [], env);
      if (tries > 1 && stderr.includes('(no answer within')) return worker(change, tries - 1);
      assert.equal(code, 1, stdout);
      const lines = stderr.trimEnd().split('\n');
      for (const line of lines) assertDocumented(line);
      return lines;
    }

    deeply('missing or invalid variables', async () => {
      const [line = ''] = await worker({ DATABASE_URL: '', LINK_SECRET: 'short' });
      assert.equal(line, 'DATABASE_URL is not set. LINK_SECRET must be at least 16 characters.');
      for (const sentence of line.split(/(?<=\.) /)) assertDocumented(sentence);
      const { DATABASE_URL, EXPORT_BUCKET, LINK_SECRET, WEBHOOK_KEY } = stack().env;
      assert.throws(
        () => parseApiConfig({ DATABASE_URL, EXPORT_BUCKET, LINK_SECRET, WEBHOOK_KEY }),
        (error) => error instanceof ConfigError && assertDocumented(error.message).startsWith('Set JWT_SECRET'),
      );
      const JWT_JWKS_URL = 'https://login.example.com/jwks.json';
      assert.throws(
        () => parseApiConfig({ DATABASE_URL, EXPORT_BUCKET, LINK_SECRET, WEBHOOK_KEY, JWT_JWKS_URL }),
        (error) => error instanceof ConfigError && assertDocumented(error.message).startsWith('JWT_AUDIENCE'),
      );
      for (const [change, start] of [
        [{ SMTP_URL: 'smtp://user:s3cret@localhost' }, 'RESEND_API_KEY and SMTP_URL are both set'],
        [{ EMAIL_FROM: '' }, 'EMAIL_FROM is not set. '],
        [{ WORKER_BUILD_ID: '7' }, 'Set both WORKER_DEPLOYMENT and WORKER_BUILD_ID, or neither.'],
      ] as const) {
        assert.throws(
          () => parseWorkerConfig({ ...stack().env, ...change }),
          (error) =>
            error instanceof ConfigError && error.message.startsWith(start) && assertDocumented(error.message) !== '',
        );
      }
    });

    it('invalid command lines, and worker processes that exit unexpectedly', async () => {
      const refused = (...args: string[]): string => {
        try {
          parseWorkerArguments(args);
        } catch (error) {
          assert(error instanceof ConfigError || error instanceof UsageError);
          assertDocumented(error.message);
          return error.message;
        }
        return assert.fail(args.join(' '));
      };
      assert.equal(refused('--role', 'dta'), '--role must be one of control, data, all.');
      assert.equal(refused('--processes', '0'), '--processes must be a whole number from 1 to 64.');
      assert.equal(refused('--copies', '2'), "Unknown option '--copies'.");
      assert.equal(refused('data'), "Unexpected argument 'data'.");

      const file = join(stack().logDir, 'ends.mjs');
      await writeFile(file, 'process.exit(3);');
      const logger = pino({ level: 'silent' });
      const never = new Promise<void>(() => undefined);
      const error: unknown = await runCopies({ file, args: [], count: 2 }, never, logger).catch((e: unknown) => e);
      assert.match(
        assertDocumented(messageOf(error)) && messageOf(error),
        /^Worker process \d+ exited unexpectedly \(code 3\)/,
      );
    });

    it('a port for metrics that another process uses', async () => {
      const at = { host: '127.0.0.1', port: Number(new URL(stack().env.S3_ENDPOINT).port) };
      const error: unknown = await serveMetrics(() => Promise.resolve(''), at).catch((reason: unknown) => reason);
      assert.ok(error instanceof MetricsPortError);
      assert.match(assertDocumented(error.message), /^Can't serve metrics/);
    });

    it('a datasets module that cannot work', async () => {
      const sentence = async (path: string): Promise<string> => {
        const error: unknown = await loadDatasets(path).catch((reason: unknown) => reason);
        return assertDocumented(messageOf(error));
      };
      assert.match(await sentence('./nothing.mjs'), /cannot be loaded/);
      assert.match(await sentence('shared/temporal/tuning.ts'), /must have an array/);
      const careless = await moduleOf('careless.mjs', [
        { name: 'orders', title: 'Orders', table: 'orders', key: ['id'] },
      ]);
      assert.match(await sentence(careless), /dataset \{name\} is invalid/);
      const shared = await moduleOf('shared.mjs', [
        { ...{ name: 'orders', title: 'Orders', table: 'orders', key: ['id'] }, columns: { id: { type: 'bigint' } } },
      ]);
      assert.match(await sentence(shared), /it has no tenantColumn/);
      assert.throws(
        () => createRegistry([orders, orders]),
        (error) => assertDocumented(messageOf(error)) !== '',
      );
      assert.throws(
        () => checkDataset({ ...orders, key: [] }),
        (error) => assertDocumented(messageOf(error)) !== '',
      );
      assert.throws(
        () => createRegistry(Array.from({ length: 501 }, (_, index) => ({ ...orders, name: `orders_${index}` }))),
        (error) => assertDocumented(messageOf(error)) !== '',
      );
    });

    deeply('fonts, titles and logos that cannot be used', async () => {
      const folder = stack().logDir;
      const [line = ''] = await worker({ PDF_FONTS: join(folder, 'nothing.ttf') });
      assert.match(line, /^PDF_FONTS: .*nothing\.ttf cannot be read: ENOENT/);
      const refused = async (config: Parameters<typeof openPdfResources>[0], why: RegExp): Promise<void> => {
        const error: unknown = await openPdfResources(config).catch((reason: unknown) => reason);
        assert.ok(error instanceof ConfigError);
        assert.match(assertDocumented(error.message) && error.message, why);
      };
      await refused({ PDF_FONTS: ['package.json'] }, /PDF_FONTS: package\.json is not a font file/);
      const file = async (content: string): Promise<{ PDF_BRANDING: string }> => {
        const path = join(folder, 'branding.json');
        await writeFile(path, content);
        return { PDF_BRANDING: path };
      };
      await refused(await file('{'), /is not JSON/);
      await refused(await file('{"*":{"colour":"red"}}'), /cannot be used: \*: .*colour/);
      await refused(await file('{"*":{"logo":"nothing.png"}}'), /nothing\.png cannot be read/);
      await refused(await file('{"*":{"logo":"branding.json"}}'), /is not a PNG or JPEG picture/);
    });

    it('more rows than a PDF can hold', () => {
      assert.throws(
        () => pdfPositions([{ rows: 1_000_000_000, member: 0 }], 50, false),
        (error) => assertDocumented(messageOf(error)) !== '',
      );
    });

    it('a port that is in use', async () => {
      const taken = await serve(() => undefined, { host: '127.0.0.1', port: 0 });
      const error: unknown = await serve(() => undefined, { host: '127.0.0.1', port: taken.port }).catch(
        (e: unknown) => e,
      );
      assertDocumented(messageOf(error));
      await taken.close(0);
    });

    it('all unavailable services together', async () => {
      const away = {
        DATABASE_URL: `postgres://user:secret@${NOWHERE}/exports`,
        S3_ENDPOINT: `http://${NOWHERE}`,
        TEMPORAL_ADDRESS: NOWHERE,
      };
      assert.equal((await worker(away)).length, 3);
    });

    deeply('missing tables, bucket and namespace', async () => {
      const lines = await worker({ EXPORT_BUCKET: 'no-such-bucket', TEMPORAL_NAMESPACE: 'nowhere' });
      assert.equal(lines.length, 3);
      assert.match(lines.join('\n'), /tables .* missing[^]+no-such-bucket does not exist[^]+no namespace nowhere/);
    });

    deeply('a read-only database, and wrong credentials for the storage', async () => {
      await migrate(database.url);
      const DATABASE_URL = withSettings(database.url, '-c default_transaction_read_only=on');
      const lines = await worker({ DATABASE_URL, AWS_SECRET_ACCESS_KEY: 'wrong' });
      assert.equal(lines.length, 2);
      assert.match(lines.join('\n'), /is read-only[^]+bucket exports is not responding as expected/);
    });

    deeply('unregistered search attributes, and missing payload keys', async () => {
      await migrate(database.url);
      const TEMPORAL_NAMESPACE = `test-${randomUUID()}`;
      const { TEMPORAL_ADDRESS: address } = stack().env;
      const key = keyNamed('2026-11');
      const keys = encryptedBy(readPayloadKeys(key) ?? undefined);
      const temporal = connectTemporal({ connection: { address }, namespace: TEMPORAL_NAMESPACE, ...keys });
      const workflowExecutionRetentionPeriod = msToTs('1 day');
      const { workflowService } = temporal.client.connection;
      await workflowService.registerNamespace({ namespace: TEMPORAL_NAMESPACE, workflowExecutionRetentionPeriod });
      assert.match((await worker({ TEMPORAL_NAMESPACE })).join('\n'), /^Search attributes .* are not registered/);
      await setUpTemporal(temporal, TEMPORAL_NAMESPACE);
      await temporal.close();
      const without = async (PAYLOAD_KEY: string): Promise<string> =>
        (await worker({ TEMPORAL_NAMESPACE, PAYLOAD_KEY })).join('\n');
      assert.match(await without(''), /^Temporal's payloads are encrypted/);
      assert.match(await without(keyNamed('2027-05')), /add that key to PAYLOAD_KEY\.$/);
      assert.match(await without(keyNamed('2026-11')), /a different key with that name/);
    });

    deeply("datasets that don't match the source database, each with the fix", async () => {
      await migrate(database.url);
      await queryRows(
        source.url,
        `CREATE TYPE mood AS ENUM ('sad', 'glad');
         CREATE TABLE odd (id int PRIMARY KEY, account int, price money[], mood mood, spans interval);
         CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
         CREATE TABLE accents (id text COLLATE loose NOT NULL, tenant_id uuid);
         CREATE UNIQUE INDEX ON accents (id COLLATE "C");
         CREATE TABLE loose (id int, tenant_id uuid);
         CREATE TABLE notes (id int PRIMARY KEY, tenant_id uuid, note text);
         CREATE VIEW unordered AS SELECT '{}'::json AS id, tenant_id FROM loose`,
      );
      const common = { title: 'T', key: ['id'], tenantColumn: 'tenant_id', columns: { id: { type: 'integer' } } };
      const columns = {
        id: { type: 'bigint' },
        color: { type: 'text' },
        price: { type: 'other' },
        mood: { type: 'text' },
      };
      const filters = { mood: { kind: 'one_of', column: 'mood', values: ['sad', 'mad'] } };
      const DATASETS_MODULE = await moduleOf('misfits.mjs', [
        { ...common, name: 'absent', schema: 'shop', table: 'absent' },
        { ...common, name: 'accents', table: 'accents', columns: { id: { type: 'text' } } },
        { ...common, name: 'loose', table: 'loose' },
        {
          ...common,
          name: 'odd',
          table: 'odd',
          tenantColumn: 'account',
          userColumn: 'spans',
          columns,
          filters,
          sorts: ['mood'],
        },
        { ...common, name: 'notes', table: 'notes', columns: { note: { type: 'text', permission: 'may see' } } },
        { ...common, name: 'unordered', table: 'unordered', columns: { id: { type: 'json' } } },
      ]);
      const lines = await worker({ DATASETS_MODULE });
      assert.deepEqual(lines, [
        'Dataset absent: the source database has no table or view shop.absent that the database user can see: check schema and table in the definition, and SOURCE_DATABASE_URL.',
        'Dataset accents: table accents has no unique index on (id): create one, or choose a key that has one.',
        'Dataset loose: table loose has no unique index on (id): create one, or choose a key that has one.',
        'Dataset odd: odd has no column color: correct its name, or remove it.',
        'Dataset odd: column id is integer in the source database: declare its type as integer, not bigint.',
        'Dataset odd: column price is money[], which depends on the locale: remove it, or export a view that casts it to numeric.',
        'Dataset odd: filter mood must be a one_of with values of the enum mood: sad, glad.',
        "Dataset odd: it can't sort by column mood, which may be null: declare the column NOT NULL, or remove it from sorts.",
        `Dataset notes can't be exported: the permission of column note: The source database rejected the query: syntax error at or near "see".`,
        "Dataset unordered can't be exported: The source database rejected the query: could not identify an ordering operator for type json.",
      ]);
    });

    deeply('an unavailable source database is not one of them, because exports can wait for it', async () => {
      const SOURCE_DATABASE_URL = `postgres://user:secret@${NOWHERE}/shop`;
      const env = { ...stack().env, DATABASE_URL: database.url, EXPORT_BUCKET: 'no-such-bucket', SOURCE_DATABASE_URL };
      const { stdout, stderr } = await runProgram('worker/main.ts', [], env);
      assert.match(stderr, /^The bucket no-such-bucket does not exist.*\n$/);
      assert.match(stdout, /"reason":"The source database is not responding.*"could not check the datasets"/);
      assert.ok(!stdout.includes('secret'));
    });

    it('a wrong password, and outdated tables', async () => {
      await migrate(database.url);
      const url = new URL(database.url);
      url.password = 'wrong';
      assert.match(await checked(url.href), /password authentication failed/);
      await queryRows(database.url, 'DELETE FROM export_migrations');
      assert.match(await checked(database.url), /^The service's tables are older/);
    });

    /** Writes a datasets module that the compiler never checked. */
    async function moduleOf(name: string, datasets: readonly object[]): Promise<string> {
      const file = join(stack().logDir, name);
      await writeFile(file, `export default ${JSON.stringify(datasets)};`);
      return file;
    }

    /** What the API and a worker report about a job database. */
    async function checked(url: string): Promise<string> {
      const pool = createPool(url, { max: 1, name: 'test', onIdleError: () => undefined });
      const sentence = await checkJobStore(pool).finally(() => pool.end());
      assertDocumented(sentence ?? '');
      return sentence ?? '';
    }
  });

  // Nested, so that it runs after the process tests: mocha runs a suite's own tests before its inner suites.
  describe('is complete:', function () {
    this.timeout(90_000);
    deeply('it has the reasons of failed jobs', () => assertJobsFail());

    it('it names every code that a job can fail with', () => {
      const codes = Object.keys(ERRORS).slice(Object.keys(ERRORS).indexOf('TOO_MANY_ROWS'));
      for (const code of codes) assert.ok(ERRORS_PAGE.includes(`\`${code}\``), code);
    });

    it('it has the messages for users, word for word', () => {
      for (const code of Object.keys(ERRORS).filter(isErrorCode)) {
        const sentence = sentenceOf(code);
        if (sentence === undefined || code.startsWith('MAIL_')) continue;
        assert.match(ERRORS_PAGE, new RegExp(`^\\| \`${code}\` +\\| ${sentence.replaceAll('.', '\\.')} +\\|$`, 'm'));
      }
    });

    deeply('it has no message that cannot occur', () => {
      assert.deepEqual(
        DOCUMENTED.filter((heading) => !provoked.has(heading)),
        [],
      );
    });
  });
});
