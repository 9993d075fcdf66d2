import assert from 'node:assert/strict';
import { rememberTokens } from '../../api/access/known-tokens.js';
import { someone } from './support.js';

describe('a verified token', () => {
  const inSeconds = (seconds: number): number => Date.now() / 1000 + seconds;

  /** Counts signature verifications. */
  function counting(expiresAt: number) {
    const asked: string[] = [];
    const caller = { ...someone(), expiresAt };
    const verify = rememberTokens((token) => {
      asked.push(token);
      return token === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(caller);
    });
    return { asked, verify, caller };
  }

  it('is not verified again shortly after; a different one is', async () => {
    const { asked, verify, caller } = counting(inSeconds(60));
    for (const token of ['one', 'two', 'one', 'two']) assert.equal(await verify(token), caller);
    assert.deepEqual(asked, ['one', 'two']);
  });

  it('is verified again once it has expired; an invalid one is verified each time', async () => {
    const { asked, verify } = counting(inSeconds(-1));
    await verify('one');
    await verify('one');
    await assert.rejects(verify('bad'));
    await assert.rejects(verify('bad'));
    assert.deepEqual(asked, ['one', 'one', 'bad', 'bad']);
  });

  it('is evicted when thousands of others follow', async () => {
    const { asked, verify } = counting(inSeconds(60));
    const tokens = Array.from({ length: 5001 }, (_, index) => `token ${index}`);
    for (const token of tokens) await verify(token);
    await verify('token 5000');
    await verify('token 1');
    await verify('token 0');
    assert.deepEqual(asked.slice(5001), ['token 0']);
  });
});
