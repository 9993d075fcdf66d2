import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { msToTs } from '@temporalio/common/lib/time.js';
import { seedSampleData } from '../../dev/sample-data/seed.js';
import { ConfigError, parseApiConfig, parseWorkerConfig } from '../../shared/startup/config.js';
import { ERRORS, isErrorCode, sentenceOf } from '../../shared/errors.js';
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
import { setUpTemporal } from '../../worker/set-up-temporal.js';
import { keyNamed } from '../temporal/raw-payloads.js';
import { assertDocumented, DOCUMENTED, ERRORS_PAGE, provoked } from './error-docs.js';
import { assertJobsFail } from './failing-jobs.js';

import { MISFIT_LINES, MISFIT_TABLES, MISFITS } from './misfits.js';
import { startErrorsWithoutServices, uncheckedModule } from './start-errors.js';

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

    startErrorsWithoutServices();

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
      await queryRows(source.url, MISFIT_TABLES);
      const DATASETS_MODULE = await uncheckedModule('misfits.mjs', MISFITS);
      const lines = await worker({ DATASETS_MODULE });
      assert.deepEqual(lines, MISFIT_LINES);
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
