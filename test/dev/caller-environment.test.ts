import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { silentProgress } from '../../dev/stack/progress.js';
import { environmentFor } from '../../dev/stack/stack-env.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { LOCAL_DIR, startStack } from '../../dev/stack/stack.js';
import { settingsIn, withVariables } from '../../dev/start/caller-environment.js';
import { stack } from '../support/stack.js';

describe("the caller's environment", () => {
  const dataDir = join(LOCAL_DIR, `test-${process.pid}-caller`);
  after(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  const dead: readonly (readonly [string, string])[] = [
    ['DATABASE_URL', 'postgres://me:secret@127.0.0.1:9/mine'],
    ['SOURCE_DATABASE_URL', 'postgres://me:secret@localhost:9/mine'],
    ['TEMPORAL_ADDRESS', 'localhost:9'],
    ['S3_ENDPOINT', 'http://127.0.0.1:9'],
    ['SMTP_URL', 'smtp://me:secret@127.0.0.1:9'],
    ['RESEND_BASE_URL', 'http://127.0.0.1:9'],
  ];
  for (const [variable, address] of dead) {
    it(`is reported when nothing listens at an address in it: ${variable}`, async () => {
      // The other services are running.
      const { SMTP_URL: _, RESEND_BASE_URL: _2, ...env } = stack().env;
      const environment = { PATH: process.env.PATH, ...env, [variable]: address };
      await assert.rejects(
        startStack({ dataDir, throwaway: true, progress: silentProgress, environment }),
        (error: unknown) => {
          assert.ok(error instanceof StackError);
          assert.match(
            error.message,
            new RegExp(`^${variable} in your environment points to .* \\(ECONNREFUSED\\)\\. `),
          );
          assert.match(error.message, new RegExp(`unset ${variable}$`));
          assert.ok(!error.message.includes('secret'), error.message);
          return true;
        },
      );
    });
  }

  it('is reported when one of its variables requires another', async () => {
    const environment = { PATH: process.env.PATH, ...stack().env, AWS_ACCESS_KEY_ID: '' };
    const starting = startStack({ dataDir, throwaway: true, progress: silentProgress, environment });
    await assert.rejects(
      starting,
      /^StackError: S3_ENDPOINT is set, so AWS_ACCESS_KEY_ID must be set, too\. .*unset S3_ENDPOINT$/,
    );
  });

  it('is reported when a start fails: the names of its variables, without their values', async () => {
    const environment = { PATH: '/bin', MAX_ROWS: 'abc', JWT_SECRET: 'a secret', LOG_LEVEL: '', TERM: 'xterm' };
    const lines: string[] = [];
    const progress = { ...silentProgress, line: (text: string) => lines.push(text) };
    await assert.rejects(
      withVariables(environment, progress, () => Promise.reject(new StackError('It failed.'))),
      {
        name: 'StackError',
        message:
          'It failed.\nThis run used MAX_ROWS, JWT_SECRET from your environment. To start without: ' +
          'env -u MAX_ROWS -u JWT_SECRET npm start',
      },
    );
    assert.deepEqual(lines, ['Using MAX_ROWS, JWT_SECRET from your environment']);
  });

  it('does not interfere with the stack’s own services', () => {
    const foreign = { PGSSLMODE: 'require', AWS_PROFILE: 'me', S3_PUBLIC_ENDPOINT: 'https://s3', TEMPORAL_TLS: 'true' };
    assert.deepEqual(settingsIn(foreign), []);
    const { PGSSLMODE, AWS_PROFILE, S3_PUBLIC_ENDPOINT, TEMPORAL_TLS } = environmentFor(stack().env, foreign);
    assert.deepEqual(
      [PGSSLMODE, AWS_PROFILE, S3_PUBLIC_ENDPOINT, TEMPORAL_TLS],
      [undefined, undefined, undefined, undefined],
    );
    const named = { TEMPORAL_ADDRESS: 'my.temporal:7233', TEMPORAL_TLS: 'true' };
    assert.equal(environmentFor(stack().env, named).TEMPORAL_TLS, 'true');
    assert.deepEqual(settingsIn(named), ['TEMPORAL_ADDRESS', 'TEMPORAL_TLS']);
  });
});
