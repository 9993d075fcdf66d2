import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { BufferPool } from '../../../shared/store/buffer-pool.js';
import { OutOfPartNumbers, PartWriter, type PartStore } from '../../../shared/store/part-writer.js';
import { MIN_PART_BYTES as MIN } from '../../../shared/plan/pieces.js';
import { DEEP } from '../../support/depth.js';

const NUMBERS = { first: 41, last: 50 };

/**
 * Enforces S3's rules for all parts but a file's last one, and the writer's own: one part at a time, whose bytes don't
 * change during the upload.
 */
class StrictStore implements PartStore {
  readonly parts = new Map<number, Buffer>();
  inFlight = 0;

  constructor(private readonly delay: () => Promise<unknown> = () => Promise.resolve()) {}

  async uploadPart({
    partNumber,
    body,
    crc32: sum,
  }: Parameters<PartStore['uploadPart']>[0]): Promise<{ etag: string }> {
    this.inFlight += 1;
    try {
      assert.equal(this.inFlight, 1, 'one part is in flight at a time');
      assert.ok(partNumber >= NUMBERS.first && partNumber <= NUMBERS.last);
      assert.ok(!this.parts.has(partNumber), 'each number is used once');
      assert.ok(body.length >= MIN, `${body.length} bytes are too few`);
      await this.delay();
      assert.equal(crc32(body), sum);
      this.parts.set(partNumber, Buffer.from(body));
      return { etag: `"${partNumber}"` };
    } finally {
      this.inFlight -= 1;
    }
  }

  get bytes(): Buffer {
    return Buffer.concat([...this.parts].sort(([a], [b]) => a - b).map(([, body]) => body));
  }
}

/** Bytes that differ at every position. */
const SOURCE = Buffer.alloc(9 * MIN);
for (let at = 0; at < SOURCE.length; at += 4) SOURCE.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at);

function writerTo(store: PartStore, buffers = new BufferPool(), partSize = MIN): PartWriter {
  return new PartWriter({ store, numbers: NUMBERS, partSize, buffers, signal: new AbortController().signal });
}

/** Writes the first `size` bytes of the source from a chunk that is overwritten each time, as readers do. */
async function writeAll(writer: PartWriter, size: number, chunkSizes: readonly number[]): Promise<void> {
  const chunk = Buffer.alloc(Math.max(...chunkSizes));
  for (let at = 0, turn = 0; at < size; turn += 1) {
    const length = Math.min(size - at, chunkSizes[turn % chunkSizes.length] ?? 1);
    SOURCE.copy(chunk, 0, at, at + length);
    await writer.write(chunk.subarray(0, length));
    chunk.fill(0xff);
    at += length;
  }
}

describe('PartWriter', () => {
  it('makes valid parts with every byte once and in order, however the bytes arrive', async () => {
    const size = fc.oneof(
      fc.integer({ min: MIN, max: SOURCE.length }),
      fc.constantFrom(MIN, 2 * MIN - 1, 2 * MIN, 3 * MIN, 4 * MIN + 1),
    );
    const chunks = fc.array(fc.oneof(fc.integer({ min: 1000, max: 300_000 }), fc.integer({ min: 1, max: 3 * MIN })), {
      minLength: 1,
      maxLength: 5,
    });
    const partSize = fc.constantFrom(MIN, MIN + 1, 2 * MIN);
    await fc.assert(
      fc.asyncProperty(size, chunks, partSize, fc.constantFrom(0, 1, 3), async (bytes, chunkSizes, part, ms) => {
        const store = new StrictStore(() => (ms === 0 ? Promise.resolve() : sleep(ms)));
        const buffers = new BufferPool();
        const writer = writerTo(store, buffers, part);
        await writeAll(writer, bytes, [...chunkSizes, 50_000]);
        const written = await writer.finish();
        assert.ok(written.kind === 'uploaded');
        assert.ok(store.bytes.equals(SOURCE.subarray(0, bytes)));
        assert.deepEqual([written.bytes, written.crc32], [bytes, crc32(SOURCE.subarray(0, bytes))]);
        assert.deepEqual(
          written.parts,
          [...store.parts].map(([number, body]) => ({
            number,
            size: body.length,
            etag: `"${number}"`,
            crc32: crc32(body),
          })),
        );
        for (const { size: length } of written.parts.slice(0, -1)) assert.equal(length, part);
        await writer.close();
        assert.ok(buffers.freeBytes <= 2 * (part + MIN), 'two buffers were enough');
      }),
      { numRuns: DEEP ? 25 : 8 },
    );
  });

  it('returns a segment below 5 MiB, without uploading a part', async () => {
    for (const bytes of [0, 1, MIN - 1]) {
      const store = new StrictStore();
      const writer = writerTo(store);
      await writeAll(writer, bytes, [60_000]);
      const written = await writer.finish();
      assert.ok(written.kind === 'held');
      assert.ok(written.body.equals(SOURCE.subarray(0, bytes)));
      assert.deepEqual([written.bytes, written.crc32], [bytes, crc32(SOURCE.subarray(0, bytes))]);
      assert.equal(store.parts.size, 0);
      await writer.close();
    }
  });

  it('reports when its part numbers are used up, with nothing in flight', async () => {
    const store = new StrictStore(() => sleep(2));
    const options = { store, numbers: { first: 41, last: 42 }, partSize: MIN, buffers: new BufferPool() };
    const writer = new PartWriter({ ...options, signal: new AbortController().signal });
    await assert.rejects(writeAll(writer, 6 * MIN, [400_000]), OutOfPartNumbers);
    assert.deepEqual([...store.parts.keys()], [41, 42]);
    assert.equal(store.inFlight, 0);
    await writer.close();
  });

  it("fails with the store's error, with nothing in flight, and frees its memory", async () => {
    const failure = new Error('503 Slow Down');
    const store = new StrictStore(async () => {
      await sleep(2);
      if (store.parts.size === 1) throw failure;
    });
    const buffers = new BufferPool();
    const writer = writerTo(store, buffers);
    await assert.rejects(async () => {
      await writeAll(writer, 5 * MIN, [400_000]);
      await writer.finish();
    }, failure);
    assert.equal(store.inFlight, 0);
    await writer.close();
    await writer.close();
    assert.equal(buffers.freeBytes, 2 * 2 * MIN);
  });

  it('waits for the part in flight when it is closed early', async () => {
    const store = new StrictStore(() => sleep(20));
    const buffers = new BufferPool();
    const writer = writerTo(store, buffers);
    await writeAll(writer, 2 * MIN, [400_000]);
    assert.equal(store.inFlight, 1);
    await writer.close();
    assert.equal(store.inFlight, 0);
    assert.equal(buffers.freeBytes, 2 * 2 * MIN);
  });
});
