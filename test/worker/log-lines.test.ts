import assert from 'node:assert/strict';
import { startProgram, type Program } from '../api/programs.js';
import { deeply } from '../support/depth.js';
import { until } from '../support/exports.js';
import { Gate } from '../support/gate.js';
import { startService, type TestService } from '../support/service.js';

interface LogLine {
  readonly msg: string;
  readonly level: number;
  readonly name: string;
  readonly sdkComponent?: string;
  readonly role?: string;
  readonly table?: string;
  readonly setting?: string;
}

/** pino's level. */
const WARN = 40;

describe('a worker process', function () {
  this.timeout(120_000);
  let service: TestService;
  let worker: Program;

  before(async () => {
    service = await startService({ orders: 100 });
  });
  after(async () => {
    worker.process.kill('SIGKILL');
    await worker.ended;
    await service.close();
  });

  /** Every line of both streams. @throws SyntaxError if one of them is not JSON */
  const lines = (): LogLine[] =>
    `${worker.stdout()}\n${worker.stderr()}`
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  const says = (is: (line: LogLine) => boolean): Promise<LogLine> =>
    // The last line may be incomplete.
    until('a line', () => Promise.resolve(worker.stdout().endsWith('\n') && lines().find(is)), 60_000);

  it('logs only JSON lines at startup and at shutdown, and no warning with the stack of `npm start`', async () => {
    worker = startProgram('worker/main.ts', [], service.env);
    await says(({ msg }) => msg === 'working');
    assert.deepEqual(
      lines().filter(({ level }) => level >= WARN),
      [],
    );
    worker.process.kill('SIGTERM');
    assert.equal(await worker.ended, 0);
    assert.ok(lines().some(({ msg }) => msg === 'drained'));
  });

  // Temporal's SDK warns only after many retries.
  deeply('logs only JSON lines while Temporal is down', async () => {
    const [host = '', port] = (service.env.TEMPORAL_ADDRESS ?? '').split(':');
    const gate = await Gate.before(host, Number(port));
    try {
      worker = startProgram('worker/main.ts', [], { ...service.env, TEMPORAL_ADDRESS: gate.address });
      await says(({ msg }) => msg === 'working');
      await gate.refuse();
      const { level, name } = await says(({ sdkComponent }) => sdkComponent === 'core');
      assert.deepEqual({ level, name }, { level: WARN, name: 'export-worker' });
      await gate.open();
      worker.process.kill('SIGTERM');
      assert.equal(await worker.ended, 0);
    } finally {
      await gate.refuse();
    }
  });

  it('warns once about each table whose policies it bypasses, and about an unreachable PUBLIC_URL', async () => {
    const { databaseUrl, env } = service;
    const out = { SOURCE_DATABASE_URL: databaseUrl, WEBHOOK_ALLOWED_RANGES: '' };
    worker = startProgram('worker/main.ts', [], { ...env, ...out });
    await says(({ msg }) => msg === 'working');
    const warnings = lines().filter(({ level }) => level >= WARN);
    worker.process.kill('SIGTERM');
    assert.equal(await worker.ended, 0);
    assert.deepEqual(warnings.map(({ setting, table }) => setting ?? table).sort(), [
      'PUBLIC_URL',
      'public.customers',
      'public.orders',
      'public.transactions',
    ]);
    for (const { table, role, msg } of warnings.filter((warning) => warning.table !== undefined)) {
      assert.equal(role, decodeURIComponent(new URL(databaseUrl).username));
      assert.ok(
        msg.startsWith(`Row-level security of ${table ?? ''} is bypassed: the source role ${role} is a superuser.`),
      );
    }
  });

  for (const [role, expected] of [
    ['control', ['RESEND_API_KEY']],
    ['data', []],
  ] as const) {
    it(`warns ${expected.length === 0 ? 'about nothing' : 'once'} without a mail provider if its role is ${role}`, async () => {
      worker = startProgram('worker/main.ts', ['--role', role], { ...service.env, RESEND_API_KEY: '', SMTP_URL: '' });
      await says(({ msg }) => msg === 'working');
      const warnings = lines().filter(({ level }) => level >= WARN);
      worker.process.kill('SIGTERM');
      assert.equal(await worker.ended, 0);
      assert.deepEqual(
        warnings.map(({ setting }) => setting),
        expected,
      );
      for (const { msg } of warnings)
        assert.match(msg, /^No emails are sent: neither RESEND_API_KEY nor SMTP_URL is set/);
    });
  }
});
