import { ApplicationFailure, type DataConverter } from '@temporalio/common';
import { encodeErrorToFailure } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/data-converter-helpers.js';
import proto from '@temporalio/proto';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asFailure } from '../../activities/as-failure.js';
import { ServiceError } from '../../shared/errors.js';
import { encryptedBy } from '../../shared/temporal/client.js';
import { readPayloadKeys } from '../../shared/temporal/payload-keys.js';
import { keyNamed } from '../temporal/raw-payloads.js';

/** Default of the Temporal server's `limit.mutableStateActivityFailureSize.error`. */
const LIMIT = 4096;

const plain = loadDataConverter(undefined);
const encrypted = loadDataConverter(encryptedWith('a-key-with-a-long-name-as-people-like-them-0123456789'));

function encryptedWith(id: string): DataConverter | undefined {
  return encryptedBy(readPayloadKeys(keyNamed(id)) ?? undefined).dataConverter;
}
async function sizeOf(error: unknown, converter = plain): Promise<number> {
  const bounded = asFailure(error);
  assert.ok([bounded.message, bounded.cause?.message ?? '', bounded.stack ?? ''].every((text) => text.isWellFormed()));
  const failure = await encodeErrorToFailure(converter, bounded);
  return proto.temporal.api.failure.v1.Failure.encode(failure).finish().length;
}
/** An S3 failure deep in the SDK, with long paths and a response at the end of the chain. */
function deepFault(message: string, depth: number): Error {
  if (depth === 0) return Object.assign(new Error(message), { $response: 'x'.repeat(10_000) });
  const cause = deepFault(message, depth - 1);
  cause.stack = `Error: ${message}\n${`    at ${'node_modules/@aws-sdk/'.repeat(5)}client.js:1:2\n`.repeat(30)}`;
  return new Error(message, { cause });
}

describe('the failure of an activity', () => {
  it('is small enough for Temporal to store, for any cause, encrypted or not', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3000 }),
      fc.constantFrom(
        '\n'.repeat(9000),
        '\u0001'.repeat(9000),
        '"'.repeat(9000),
        '😀'.repeat(9000),
        '\ud800'.repeat(9),
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, fc.nat(5), async (message, forUser, detail, depth) => {
        const cause = deepFault(message, depth);
        const errors = [
          new ServiceError('STORAGE_UNAVAILABLE', message, { detail }, { cause, forUser }),
          ApplicationFailure.create({ message, type: 'WEBHOOK_UNAVAILABLE', nextRetryDelay: 5000, cause }),
          cause,
          message,
        ];
        for (const error of errors) {
          for (const converter of [plain, encrypted]) {
            const size = await sizeOf(error, converter);
            assert.ok(size <= LIMIT, `${size} bytes`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the beginning of its message and of its stack', () => {
    const cause = new TypeError(`no ${'r'.repeat(2000)}`);
    const failure = asFailure(new ServiceError('SOURCE_UNAVAILABLE', `é${'x'.repeat(5_000_000)}`, {}, { cause }));
    assert.match(failure.message, /^éx+…$/);
    assert.equal(Buffer.byteLength(failure.message), 600);
    assert.equal(failure.type, 'SOURCE_UNAVAILABLE');
    assert.match(failure.stack ?? '', /^ {4}at .*bounded-failure\.test/);
    assert.ok(failure.cause instanceof Error);
    assert.equal(failure.cause.name, 'TypeError');
    assert.match(failure.cause.message, /^no r+…$/);
    assert.match(failure.cause.stack ?? '', /^ {4}at /);
  });

  it('is unchanged if it is short, with the details for the workflow and the sentence for the user', () => {
    const failure = asFailure(new ServiceError('PLAN_OUTDATED', 'The plan is old.', { encoderVersion: 3 }));
    assert.equal(failure.message, 'The plan is old.');
    const [details, forUser] = failure.details ?? [];
    assert.deepEqual(details, { encoderVersion: 3 });
    assert.match(String(forUser), /being updated/);
    assert.equal(failure.nonRetryable, true);
    assert.equal(failure.cause, undefined);
  });

  it('keeps its retry delay, and whether it is retryable', () => {
    const later = ApplicationFailure.create({ message: 'later', type: 'X', nextRetryDelay: 7, category: 'BENIGN' });
    const failure = asFailure(later);
    assert.deepEqual(
      [failure.message, failure.type, failure.nextRetryDelay, String(failure.category)],
      ['later', 'X', 7, 'BENIGN'],
    );
  });
});
