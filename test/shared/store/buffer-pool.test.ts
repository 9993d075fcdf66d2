import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { BufferPool } from '../../../shared/store/buffer-pool.js';

describe('BufferPool', () => {
  it('reuses a returned buffer that fits', () => {
    const pool = new BufferPool();
    const buffer = pool.take(1000);
    pool.give(buffer);
    assert.notEqual(pool.take(1001), buffer);
    assert.notEqual(pool.take(499), buffer);
    assert.equal(pool.take(600), buffer);
    assert.notEqual(pool.take(600), buffer);
  });

  it('keeps at most its limit', () => {
    const pool = new BufferPool({ kept: 2 });
    for (const buffer of [pool.take(10), pool.take(10), pool.take(10)]) pool.give(buffer);
    assert.equal(pool.freeBytes, 20);
  });

  it('frees its memory when nobody uses it', async () => {
    const pool = new BufferPool({ idleMs: 5 });
    const buffer = pool.take(50_000_000);
    const { arrayBuffers } = process.memoryUsage();
    pool.give(buffer);
    await sleep(30);
    assert.equal(pool.freeBytes, 0);
    assert.equal(buffer.length, 0);
    assert(process.memoryUsage().arrayBuffers <= arrayBuffers - 50_000_000);
  });
});
