import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { hedge } from '../../api/exports/hedge.js';

describe('the second of two attempts', () => {
  const idle = new AbortController().signal;
  const after =
    <T>(ms: number, value: T) =>
    (signal: AbortSignal): Promise<T> =>
      sleep(ms, value, { signal });
  const never = (signal: AbortSignal): Promise<never> =>
    new Promise((_, fail) => {
      signal.addEventListener('abort', () => {
        fail(signal.reason as Error);
      });
    });

  it('is not started if the first ends in time, whether it succeeds or fails', async () => {
    let started = 0;
    const second = (): Promise<string> => Promise.resolve(`started ${(started += 1)} times`);
    assert.equal(await hedge(after(1, 'first'), second, 40, idle), 'first');
    const failing = (): Promise<string> => Promise.reject(new Error('no such table'));
    await assert.rejects(hedge(failing, second, 40, idle), new Error('no such table'));
    await sleep(80);
    assert.equal(started, 0);
  });

  it('replaces the first, which is aborted, if it ends earlier', async () => {
    let reason: unknown;
    const first = (signal: AbortSignal): Promise<never> => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      return never(signal);
    };
    assert.equal(await hedge(first, after(1, 'second'), 10, idle), 'second');
    assert.ok(reason instanceof DOMException);
  });

  it('is aborted if the first ends earlier', async () => {
    let aborted = false;
    const second = (signal: AbortSignal): Promise<never> => {
      signal.addEventListener('abort', () => (aborted = true));
      return never(signal);
    };
    assert.equal(await hedge(after(60, 'first'), second, 5, idle), 'first');
    assert.ok(aborted);
  });

  it('is aborted, like the first, with the reason of the caller', async () => {
    for (const abortedAfterMs of [1, 40]) {
      const caller = new AbortController();
      const work = hedge(never, never, 20, caller.signal);
      await sleep(abortedAfterMs);
      caller.abort(new Error('the client is gone'));
      await assert.rejects(work, new Error('the client is gone'));
    }
  });
});
