import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { ByteBudget } from '../../../shared/source/byte-budget.js';

describe('a budget of bytes', () => {
  const never = new AbortController().signal;

  /** Takes bytes under a name, and gives them back by that name. `taken` lists the current names. */
  function takers(budget: ByteBudget) {
    const taken = new Map<string, () => void>();
    const take = (name: string, bytes: number, signal = never): Promise<void> =>
      budget.take(bytes, signal).then((giveBack) => {
        taken.set(name, giveBack);
      });
    const giveBack = (name: string): void => {
      taken.get(name)?.();
      taken.delete(name);
    };
    return { taken: () => [...taken.keys()].join(' '), take, giveBack };
  }

  it('limits the total, and serves callers in order', async () => {
    const { take, taken, giveBack } = takers(new ByteBudget(10));
    for (const [name, bytes] of Object.entries({ a: 4, b: 6, c: 7, d: 1 })) void take(name, bytes);
    await turn();
    assert.equal(taken(), 'a b');
    giveBack('a');
    await turn();
    // The last one would fit, but isn't next in line.
    assert.equal(taken(), 'b');
    giveBack('b');
    await turn();
    assert.equal(taken(), 'c d');
  });

  it('gives the whole budget to a caller that needs more, alone', async () => {
    const { take, taken, giveBack } = takers(new ByteBudget(10));
    void take('small', 1);
    void take('huge', 1000);
    void take('after', 10);
    await turn();
    assert.equal(taken(), 'small');
    giveBack('small');
    await turn();
    assert.equal(taken(), 'huge');
    giveBack('huge');
    await turn();
    assert.equal(taken(), 'after');
  });

  it('skips callers that have stopped waiting', async () => {
    const { take, taken } = takers(new ByteBudget(10));
    const abort = new AbortController();
    await take('a', 5);
    const waiting = take('b', 10, abort.signal);
    void take('c', 5);
    abort.abort(new Error('cancelled'));
    await assert.rejects(waiting, /cancelled/);
    await turn();
    assert.equal(taken(), 'a c');
    await assert.rejects(take('d', 0, abort.signal), /cancelled/);
  });
});
