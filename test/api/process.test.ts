import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../api/server.js';
import { createMigratedDatabase, type TestDatabase } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { until } from '../support/exports.js';
import { stack } from '../support/stack.js';
import { assertProblem } from './problems.js';
import { runProgram, startProgram, type Program } from './programs.js';
import { ask } from '../support/ask.js';
import { JWT_SECRET } from '../support/service.js';
import { someone } from './support.js';

const NOWHERE = '127.0.0.1:9';

describeDeeply('npm run api', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let secret: string;

  before(async () => {
    database = await createMigratedDatabase();
    env = { ...stack().env, DATABASE_URL: database.url, HOST: '127.0.0.1', PORT: '0' };
    secret = stack().env.JWT_SECRET;
  });
  after(() => database.drop());

  /** The process, once it listens. */
  async function start(change: Record<string, string> = {}): Promise<{ program: Program; url: string }> {
    const program = startProgram('api/main.ts', [], { ...env, ...change });
    for (;;) {
      const port = /"port":(\d+).*"msg":"listening"/.exec(program.stdout())?.[1];
      if (port !== undefined) return { program, url: `http://127.0.0.1:${port}` };
      if (program.process.exitCode !== null) throw new Error(program.stderr());
      await sleep(20);
    }
  }

  it('exits with a one-sentence error when it cannot start', async () => {
    const taken = await serve(() => undefined, { host: '127.0.0.1', port: 0 });
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ DATABASE_URL: '', LINK_SECRET: 'short' }, /^DATABASE_URL is not set\. LINK_SECRET must be .+\.\n$/],
      [{ PORT: `${taken.port}` }, /^The API cannot listen on 127\.0\.0\.1:\d+: another process listens there\.\n$/],
    ];
    for (const [change, sentence] of cases) {
      const { code, stderr } = await runProgram('api/main.ts', [], { ...env, ...change });
      assert.equal(code, 1);
      assert.match(stderr, sentence);
    }
    await taken.close(0);
  });

  it('is ready when the services of the stack are running', async () => {
    const { program, url } = await start();
    const { status, json } = await ask(`${url}/readyz`, 'GET', JWT_SECRET);
    assert.deepEqual({ status, json }, { status: 200, json: { status: 'ready' } });
    program.process.kill('SIGTERM');
    assert.equal(await program.ended, 0);
    assert.equal(program.stderr(), '');
  });

  it('starts without any of them; the log says what is missing and how to fix it, and /readyz names it', async () => {
    const away = {
      DATABASE_URL: `postgres://user:secret@${NOWHERE}/exports`,
      S3_ENDPOINT: `http://${NOWHERE}`,
      TEMPORAL_ADDRESS: NOWHERE,
    };
    const { program, url } = await start(away);
    assert.equal((await ask(`${url}/healthz`, 'GET', JWT_SECRET)).status, 200);
    const ready = await ask(`${url}/readyz`, 'GET', JWT_SECRET);
    assert.equal(ready.status, 503);
    const sentences = [
      `The job database at ${NOWHERE} does not answer`,
      'The bucket exports is not responding as expected',
      `Temporal at ${NOWHERE} does not answer`,
    ];
    assert.deepEqual(ready.json, { status: 'not ready', missing: ['job_store', 'object_store', 'temporal'] });
    for (const sentence of sentences) {
      await until('the log', () => Promise.resolve(program.stdout().includes(sentence)));
    }

    const answer = await ask(`${url}/v1/exports`, 'GET', secret, { as: someone() });
    const { detail } = assertProblem(answer, 'JOB_STORE_UNAVAILABLE');
    assert.equal(detail, "The service's own database is unavailable. Please try again in a few seconds.");
    assert.equal(answer.headers.get('retry-after'), '5');
    program.process.kill('SIGINT');
    assert.equal(await program.ended, 0);
  });

  it('finishes requests at the first stop signal, and exits immediately at the second', async () => {
    // No worker runs, so this takes until the admission deadline.
    const post = (url: string) =>
      ask(`${url}/v1/exports`, 'POST', secret, { as: someone(), body: { type: 'orders', format: 'csv' } });

    const [patient, impatient] = await Promise.all([start(), start()]);
    const answer = post(patient.url);
    await sleep(500);
    patient.program.process.kill('SIGTERM');

    const cut = assert.rejects(post(impatient.url));
    await sleep(500);
    impatient.program.process.kill('SIGTERM');
    await sleep(100);
    impatient.program.process.kill('SIGTERM');
    await cut;
    assert.equal(await impatient.program.ended, 1);

    assertProblem(await answer, 'TEMPORARILY_UNAVAILABLE');
    assert.equal(await patient.program.ended, 0);
  });
});
