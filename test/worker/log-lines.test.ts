import assert from 'node:assert/strict';
import { startProgram, type Program } from '../api/programs.js';
import { until } from '../support/exports.js';
import { Gate } from '../support/gate.js';
import { startService, type TestService } from '../support/service.js';

interface LogLine {
  readonly msg: string;
  readonly level: number;
  readonly name: string;
  readonly sdkComponent?: string;
}

describe('a worker process', function () {
  this.timeout(120_000);
  let service: TestService;
  let gate: Gate;
  let worker: Program;

  before(async () => {
    service = await startService({ orders: 100 });
    const [host = '', port] = (service.env.TEMPORAL_ADDRESS ?? '').split(':');
    gate = await Gate.before(host, Number(port));
  });
  after(async () => {
    worker.process.kill('SIGKILL');
    await worker.ended;
    await gate.refuse();
    await service.close();
  });

  /** Every line of both streams. @throws SyntaxError when one of them is not JSON */
  const lines = (): LogLine[] =>
    `${worker.stdout()}\n${worker.stderr()}`
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  const says = (is: (line: LogLine) => boolean): Promise<LogLine> =>
    // The last line may be half there.
    until('a line', () => Promise.resolve(worker.stdout().endsWith('\n') && lines().find(is)), 60_000);

  it('writes nothing but JSON lines: when it starts, while Temporal is away, and when it stops', async () => {
    worker = startProgram('worker/main.ts', [], { ...service.env, TEMPORAL_ADDRESS: gate.address });
    await says(({ msg }) => msg === 'working');
    await gate.refuse();
    const { level, name } = await says(({ sdkComponent }) => sdkComponent === 'core');
    assert.deepEqual({ level, name }, { level: 40, name: 'export-worker' });
    await gate.open();
    worker.process.kill('SIGTERM');
    assert.equal(await worker.ended, 0);
    assert.ok(lines().some(({ msg }) => msg === 'drained'));
  });
});
