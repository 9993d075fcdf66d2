import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { BufferPool } from '../../../shared/store/buffer-pool.js';

describe('BufferPool', () => {
  it('lends a returned buffer again where it fits', () => {
    const pool = new BufferPool();
    const buffer = pool.take(1000);
    pool.give(buffer);
    assert.notEqual(pool.take(1001), buffer);
    assert.notEqual(pool.take(499), buffer);
    assert.equal(pool.take(600), buffer);
    assert.notEqual(pool.take(600), buffer);
  });

  it('keeps no more than it may', () => {
    const pool = new BufferPool({ kept: 2 });
    for (const buffer of [pool.take(10), pool.take(10), pool.take(10)]) pool.give(buffer);
    assert.equal(pool.freeBytes, 20);
  });

  it('lets go of its memory when nobody uses it', async () => {
    const pool = new BufferPool({ idleMs: 5 });
    pool.give(pool.take(10));
    await sleep(30);
    assert.equal(pool.freeBytes, 0);
  });
});
