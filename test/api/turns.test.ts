import assert from 'node:assert/strict';
import { setImmediate as tick } from 'node:timers/promises';
import { NoTurnError, Turns } from '../../api/limits/turns.js';

describe('turns', () => {
  /** Work that starts and ends when the test says so. */
  function workOf(turns: Turns, begun: string[]) {
    return (tenant: string, name: string) => {
      let end: (error?: Error) => void = () => undefined;
      const done = new Promise<string>((resolve, reject) => {
        end = (error) => {
          if (error === undefined) resolve(name);
          else reject(error);
        };
      });
      const result = turns.take(tenant, () => {
        begun.push(name);
        return done;
      });
      return { result, end };
    };
  }

  it('are limited per tenant, and first come, first served', async () => {
    const begun: string[] = [];
    const work = workOf(new Turns(2, 60_000), begun);
    const [first, second, third, fourth] = [work('a', 'a1'), work('a', 'a2'), work('a', 'a3'), work('a', 'a4')];
    const other = work('b', 'b1');
    await tick();
    assert.deepEqual(begun, ['a1', 'a2', 'b1']);
    second.end();
    assert.equal(await second.result, 'a2');
    await tick();
    assert.deepEqual(begun, ['a1', 'a2', 'b1', 'a3']);
    for (const { end } of [first, third, other]) end();
    await tick();
    fourth.end();
    assert.equal(await fourth.result, 'a4');
  });

  it('continue after one that fails', async () => {
    const begun: string[] = [];
    const work = workOf(new Turns(1, 60_000), begun);
    const [first, second] = [work('a', 'a1'), work('a', 'a2')];
    first.end(new Error('away'));
    await assert.rejects(first.result, /away/);
    second.end();
    assert.equal(await second.result, 'a2');
    const third = work('a', 'a3');
    third.end();
    assert.equal(await third.result, 'a3');
  });

  it('pass to the next caller when the work takes longer than a turn', async () => {
    const begun: string[] = [];
    const work = workOf(new Turns(1, 20), begun);
    const [slow, next, last] = [work('a', 'a1'), work('a', 'a2'), work('a', 'a3')];
    next.end();
    assert.equal(await next.result, 'a2');
    last.end();
    assert.equal(await last.result, 'a3');
    slow.end();
    assert.equal(await slow.result, 'a1');
    assert.deepEqual(begun, ['a1', 'a2', 'a3']);
  });

  it('are given up by a caller that stops waiting, and pass to the next', async () => {
    const turns = new Turns(1);
    let end: () => void = () => undefined;
    const first = turns.take('a', () => new Promise<void>((resolve) => (end = resolve)));
    const patience = new AbortController();
    const impatient = turns.take('a', () => Promise.resolve('never'), patience.signal);
    const patient = turns.take('a', () => Promise.resolve('done'));
    patience.abort();
    await assert.rejects(impatient, NoTurnError);
    end();
    await first;
    assert.equal(await patient, 'done');
    assert.equal(await turns.take('a', () => Promise.resolve('free'), AbortSignal.abort()), 'free');
  });
});
