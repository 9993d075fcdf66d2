import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { boundSeconds, medianOf } from '../../bench/figures.js';
import { cpuSeconds, endedChildrenCpu, family, peakMemory } from '../../bench/proc.js';
import { median, quantile } from '../../bench/statistics.js';

describe('the benchmark’s figures', () => {
  it('have a median between the middle two', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(quantile([0, 10], 0.95), 9.5);
    assert.throws(() => median([]), RangeError);
  });

  it('have no median when one turn lacks the figure', () => {
    assert.equal(
      medianOf([{ a: 1 }, { a: 3 }], ({ a }) => a),
      2,
    );
    assert.equal(
      medianOf([1, 2], (item) => (item === 1 ? item : undefined)),
      undefined,
    );
    assert.equal(
      medianOf([], () => 1),
      undefined,
    );
  });

  it('have a bound that no client can beat: the CPU of PostgreSQL and of the store, spread over all cores', () => {
    const cpu = { postgres: 18, store: 2, worker: 4, temporal: 1 };
    assert.equal(boundSeconds({ seconds: 13, cpu, otherCpu: 0, peakMemory: {} }, 2), 10);
    assert.equal(boundSeconds({ seconds: 13, cpu: { postgres: 18 }, otherCpu: 0, peakMemory: {} }, 4), 4.5);
  });

  it('count the CPU time of a process and its children, including ended ones', async function () {
    if (process.platform !== 'linux') this.skip();
    const burn = 'const end = process.cpuUsage().user + 200000; while (process.cpuUsage().user < end);';
    const script = `"${process.execPath}" -e '${burn}'; read line`;
    const before = endedChildrenCpu();
    const shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = once(shell, 'exit');
    const { pid } = shell;
    assert.ok(pid !== undefined);
    assert.ok(family(process.pid).includes(pid));
    while (cpuSeconds(pid) < 0.2) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(peakMemory(pid) > 0);
    shell.stdin.end('\n');
    await ended;
    assert.ok(endedChildrenCpu() - before >= 0.2);
    assert.equal(peakMemory(pid), 0);
  });
});
