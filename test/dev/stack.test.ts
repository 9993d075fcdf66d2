import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import { silentProgress } from '../../dev/stack/progress.js';
import { TSX } from '../../dev/stack/tsx.js';
import { processIdentity } from '../../dev/stack/processes.js';
import { readRunRecord } from '../../dev/stack/run-record.js';
import { LOCAL_DIR, startStack, type Stack, type StackOptions } from '../../dev/stack/stack.js';
import { stack as sharedStack } from '../support/stack.js';
import { freePort } from './free-port.js';
import { deeply } from '../support/depth.js';

describe('local stack', () => {
  const dataDir = join(LOCAL_DIR, `test-${process.pid}-stack`);
  const record = join(dataDir, 'stack.json');
  const started: Stack[] = [];

  const start = async (options: StackOptions = {}): Promise<Stack> => {
    const environment = { PATH: process.env.PATH };
    const stack = await startStack({ dataDir, throwaway: true, progress: silentProgress, environment, ...options });
    started.push(stack);
    return stack;
  };
  /** An environment in which only PostgreSQL needs to be started. */
  const onlyPostgres = () => {
    const others = Object.entries(sharedStack().env).filter(([name]) => !name.endsWith('DATABASE_URL'));
    return { PATH: process.env.PATH, ...Object.fromEntries(others) };
  };
  afterEach(async () => {
    for (const stack of started.splice(0)) await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  deeply('restarts a service at the same address, with the same data', async () => {
    const stack = await start();
    const { env, services } = stack;
    const query = async (sql: string): Promise<unknown[]> => {
      const client = new pg.Client({ connectionString: env.DATABASE_URL });
      try {
        await client.connect();
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    };
    await query('CREATE TABLE kept AS SELECT 7 AS number');
    await services.postgres.stop();
    await assert.rejects(query('SELECT number FROM kept'));
    await services.postgres.start();
    assert.deepEqual(await query('SELECT number FROM kept'), [{ number: 7 }]);

    const s3 = new S3Client({
      endpoint: env.S3_ENDPOINT,
      region: env.S3_REGION,
      credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
      forcePathStyle: true,
      maxAttempts: 1,
    });
    const object = { Bucket: env.EXPORT_BUCKET, Key: 'kept' };
    await s3.send(new PutObjectCommand({ ...object, Body: 'seven' }));
    await services.s3.stop();
    await assert.rejects(s3.send(new GetObjectCommand(object)));
    await services.s3.start();
    const { Body: body } = await s3.send(new GetObjectCommand(object));
    assert.equal(await body?.transformToString(), 'seven');
    s3.destroy();

    const pid = services.temporal.pid;
    await services.temporal.stop();
    assert.equal(services.temporal.pid, undefined);
    await services.temporal.start();
    assert.notEqual(services.temporal.pid, pid);

    const sockets = (): string[] => {
      const { throwaway = [] } = readRunRecord(record) ?? {};
      return throwaway.filter((path) => path.endsWith('.sock') && existsSync(path));
    };
    const made = sockets();
    assert.ok(made.length > 0, 'SeaweedFS has sockets in /tmp');
    await stack.stop();
    assert.deepEqual(made.filter(existsSync), []);
  });

  it('leaves no process and no file behind, however often it is stopped', async () => {
    const stack = await start({ environment: onlyPostgres() });
    const processes = readRunRecord(record)?.processes ?? [];
    assert.deepEqual(
      processes.map(({ name }) => name),
      ['PostgreSQL'],
    );
    await Promise.all([stack.stop(), stack.stop()]);
    await stack.stop();
    for (const { pid, identity } of processes) assert.notEqual(processIdentity(pid), identity);
    assert(!existsSync(dataDir));
  });

  it('starts no service that the environment provides', async () => {
    const { env } = sharedStack();
    const stack = await start({ environment: { PATH: process.env.PATH, ...env } });
    assert.deepEqual(readRunRecord(record)?.processes, []);
    assert.deepEqual(stack.env, env);
    assert.equal(stack.sourceOwnerUrl, undefined);
    await assert.rejects(stack.services.s3.stop(), /S3_ENDPOINT points to your own S3/);
  });

  deeply('runs programs against its services, and stops them first', async () => {
    const stack = await start({ environment: onlyPostgres() });
    const program = await stack.launch({
      name: 'program',
      args: ['--eval', 'console.log(process.env.DATABASE_URL); setInterval(() => {}, 1000)'],
    });
    while (!(await program.logTail()).includes(stack.env.DATABASE_URL)) await sleep(20);
    const { pid } = program;
    assert(pid !== undefined);
    await stack.stop();
    assert.equal(processIdentity(pid), undefined);
  });

  deeply('uses another port if the previous one is taken', async () => {
    const port = await freePort();
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'ports.json'), JSON.stringify({ postgres: port }));
    const stack = await start({ environment: onlyPostgres() });
    assert.notEqual(new URL(stack.env.DATABASE_URL).port, String(port));
    squatter.close();
  });

  deeply('refuses a second start in the same folder with a clear message', async () => {
    await start({ environment: onlyPostgres() });
    await assert.rejects(start({ environment: onlyPostgres() }), {
      name: 'StackError',
      message: `The local stack of this folder is already running (process ${process.pid}): stop it first.`,
    });
  });

  it('stops its processes when it is interrupted', async () => {
    const interrupt = new AbortController();
    const starting = start({ environment: onlyPostgres(), signal: interrupt.signal });
    while (!existsSync(record)) await sleep(5);
    interrupt.abort();
    await assert.rejects(starting, { name: 'AbortError' });
    assert(!existsSync(dataDir));
  });

  for (const who of ['its watchdog', 'the next start'] as const) {
    deeply(`is cleaned up by ${who} when its process is killed`, async () => {
      const script = `
        import { startStack } from './dev/stack/stack.ts';
        await startStack({ dataDir: ${JSON.stringify(dataDir)}, throwaway: ${who === 'its watchdog'} });
        console.log('STARTED');`;
      const args = [...TSX, '--input-type=module', '--eval', script];
      const child = spawn(process.execPath, args, {
        cwd: resolve(LOCAL_DIR, '..'),
        env: { ...process.env, ...onlyPostgres() },
        // A watchdog that fails to start counts as a killed one.
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', (text: string) => (output += text));
      while (!output.includes('STARTED')) await sleep(20);
      const [postgres] = readRunRecord(record)?.processes ?? [];
      assert(postgres !== undefined && processIdentity(postgres.pid) === postgres.identity);

      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      if (who === 'the next start') await start({ environment: onlyPostgres() });
      const deadline = Date.now() + 10_000;
      while (processIdentity(postgres.pid) === postgres.identity && Date.now() < deadline) await sleep(20);
      assert.notEqual(processIdentity(postgres.pid), postgres.identity);
    });
  }
});
