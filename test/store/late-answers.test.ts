import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { openObjectStore, type OpenedObjectStore } from '../../shared/startup/open-object-store.js';
import { type RecordedStore, type Reply, startRecordedStore } from '../support/recorded-store.js';
import { stack } from '../support/stack.js';

const MIB = 1024 ** 2;
const BODIES = { small: Buffer.from('a piece'), 'larger than a part': Buffer.alloc(7 * MIB, 'a piece') };

/** The real store, behind a proxy that holds requests or loses answers. */
describe('an object whose store answers late', () => {
  let late: RecordedStore;
  let opened: OpenedObjectStore;
  let real: OpenedObjectStore;
  let key: string;

  async function open(reply: Reply): Promise<OpenedObjectStore['store']> {
    const { env } = stack();
    late = await startRecordedStore(reply, env.S3_ENDPOINT);
    opened = openObjectStore({ ...env, S3_ENDPOINT: late.endpoint });
    real = openObjectStore(env);
    key = `tmp/${randomUUID()}/1-0-1`;
    return opened.store;
  }
  afterEach(async () => {
    await real.store.delete(key);
    await late.close();
    opened.close();
    real.close();
  });

  /** The request that creates the object. */
  const isLast = (operation: string): boolean => operation === 'PutObject' || operation === 'CompleteMultipartUpload';

  for (const [size, body] of Object.entries(BODIES)) {
    it(`is deleted if its writer is aborted while the store writes it, when it is ${size}`, async () => {
      const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>();
      const store = await open(({ operation }) => {
        if (!isLast(operation)) return undefined;
        arrive(undefined);
        return released;
      });
      const cancel = new AbortController();
      const stored = assert.rejects(store.putStream(key, [body], cancel.signal), { name: 'AbortError' });
      await arrived;
      cancel.abort();
      release(undefined);
      await stored;
      await late.untilAnswered();
      assert.equal(await real.store.head(key), null);
    });

    it(`is deleted if its writer never learns that it was written, when it is ${size}`, async () => {
      const lost = { status: 500, afterwards: true } as const;
      const store = await open(({ operation }) => (isLast(operation) ? lost : undefined));
      const { signal } = new AbortController();
      await assert.rejects(store.putStream(key, [body], signal), { code: 'STORAGE_UNAVAILABLE' });
      assert.equal(await real.store.head(key), null);
    });
  }

  it('is not written at all if its writer has been aborted', async () => {
    const store = await open(() => undefined);
    await assert.rejects(store.putStream(key, [BODIES.small], AbortSignal.abort()), { name: 'AbortError' });
    assert.deepEqual(late.requests, []);
  });
});
