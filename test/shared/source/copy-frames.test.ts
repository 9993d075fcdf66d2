import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CopyFrames } from '../../../shared/source/copy-frames.js';

type Message = readonly [code: 'd' | 'H' | 'N' | 'S' | 'A', body: Uint8Array];

const body = fc.uint8Array({ maxLength: 300 });
const row = fc.tuple(fc.constant('d' as const), body);
const other = fc.tuple(fc.constantFrom('H' as const, 'N' as const, 'S' as const, 'A' as const), body);
const messages: fc.Arbitrary<Message[]> = fc.array(
  fc.oneof({ weight: 8, arbitrary: row }, { weight: 1, arbitrary: other }),
  { maxLength: 60 },
);
/** Sizes of the buffers in which the bytes arrive, repeated. */
const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 });

const TRAILER = Buffer.from([0xff, 0xff]);
const extensions = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 250, maxLength: 600 }));
const copyHeader = extensions.map((extension) => {
  const header = Buffer.alloc(19);
  header.write('PGCOPY\n\xff\r\n\0', 'latin1');
  header.writeUInt32BE(extension.length, 15);
  return Buffer.concat([header, extension]);
});
/** A number of fields, and any bytes. */
const tuple = fc.tuple(fc.integer({ min: 0, max: 1664 }), body).map(([fields, content]) => {
  const size = Buffer.alloc(2);
  size.writeInt16BE(fields);
  return Buffer.concat([size, content]);
});

function encode([code, content]: Message): Buffer {
  const header = Buffer.alloc(5, code);
  header.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([header, content]);
}

function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

describe('copy frames', () => {
  it('give the bytes of every row once and in order, however the messages are split', () => {
    fc.assert(
      fc.property(
        messages,
        fc.constantFrom('c', 'E', 'T'),
        fc.uint8Array({ maxLength: 40 }),
        cuts,
        fc.constantFrom('', ','),
        (sent, end, tail, sizes, lead) => {
          const last = Buffer.concat([Buffer.from(end), tail]);
          const asides: Buffer[] = [];
          const frames = new CopyFrames((bytes) => asides.push(bytes), lead === '' ? {} : { rowLead: lead });
          const rows: Buffer[] = [];
          const rest: Buffer[] = [];
          let count = 0;
          for (const buffer of cut(Buffer.concat([...sent.map(encode), last]), sizes)) {
            if (rest.length > 0) {
              rest.push(buffer);
              continue;
            }
            const feed = frames.feed(buffer);
            rows.push(Buffer.from(buffer.subarray(0, feed.bytes)));
            count += feed.rows;
            if (feed.end >= 0) rest.push(buffer.subarray(feed.end));
          }
          assert.deepEqual(
            Buffer.concat(rows),
            Buffer.concat(
              sent.filter(([code]) => code === 'd').map(([, content]) => Buffer.concat([Buffer.from(lead), content])),
            ),
          );
          assert.equal(count, sent.filter(([code]) => code === 'd').length);
          assert.deepEqual(
            Buffer.concat(asides),
            Buffer.concat(sent.filter(([code]) => code !== 'd' && code !== 'H').map(encode)),
          );
          assert.deepEqual(Buffer.concat(rest), last);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('leave only the tuples of a binary copy, however its header, its tuples and its trailer are split', () => {
    fc.assert(
      fc.property(copyHeader, fc.array(tuple, { maxLength: 30 }), fc.boolean(), other, cuts, (...copy) => {
        const [header, tuples, isHeaderAlone, aside, sizes] = copy;
        const bodies = [...tuples, TRAILER];
        // PostgreSQL sends the header with the first tuple, or with the trailer if there is none.
        const [first = TRAILER, ...others] = isHeaderAlone ? [Buffer.alloc(0), ...bodies] : bodies;
        const [begin, ...rest] = [Buffer.concat([header, first]), ...others].map((content) => encode(['d', content]));
        const sent = Buffer.concat([encode(['H', Buffer.from([1])]), ...[begin ?? TRAILER, encode(aside)], ...rest]);
        const frames = new CopyFrames(() => undefined, { isBinary: true });
        const found: Buffer[] = [];
        let rows = 0;
        let end = -1;
        for (const buffer of cut(Buffer.concat([sent, Buffer.from('c')]), sizes)) {
          const feed = frames.feed(buffer);
          found.push(Buffer.from(buffer.subarray(0, feed.bytes)));
          rows += feed.rows;
          ({ end } = feed);
        }
        assert.deepEqual(Buffer.concat(found), Buffer.concat(tuples));
        assert.equal(rows, tuples.length);
        assert.ok(end >= 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('count a row in the chunk where it ends', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), cuts, (sent, sizes) => {
        const ends: number[] = [];
        for (const message of sent) ends.push((ends.at(-1) ?? 0) + encode(message).length);
        const frames = new CopyFrames(() => assert.fail('nothing but rows was sent'));
        let arrived = 0;
        let count = 0;
        for (const buffer of cut(Buffer.concat(sent.map(encode)), sizes)) {
          arrived += buffer.length;
          count += frames.feed(buffer).rows;
          assert.equal(count, ends.filter((end) => end <= arrived).length);
        }
      }),
    );
  });
});
