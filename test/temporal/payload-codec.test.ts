import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { parseApiConfig } from '../../shared/startup/config.js';
import { PayloadKeyError, createPayloadCodec, keyIdOf } from '../../shared/temporal/payload-codec.js';
import { readPayloadKeys } from '../../shared/temporal/payload-keys.js';
import { keyNamed } from './raw-payloads.js';

function codecOf(text: string) {
  const keys = readPayloadKeys(text);
  assert.ok(keys !== null, text);
  return createPayloadCodec(keys);
}
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
async function valueIn(codec: ReturnType<typeof codecOf>, payload: Payload): Promise<unknown> {
  const [decoded = {}] = await codec.decode([payload]);
  return defaultPayloadConverter.fromPayload(decoded);
}

describe('the payload codec', () => {
  const [a, b] = [keyNamed('2026-11'), keyNamed('2026-05')];
  const value = { email: 'alice@example.com' };

  it('decodes to the original, and the ciphertext reveals nothing', async () => {
    for (const one of [value, 'text', undefined, null, Uint8Array.from(randomBytes(1000)), 'x'.repeat(1_000_000)]) {
      const [encoded = {}] = await codecOf(a).encode([payloadOf(one)]);
      assert.equal(keyIdOf(encoded), '2026-11');
      assert.deepEqual(await valueIn(codecOf(a), encoded), one);
      assert.ok(!Buffer.from(encoded.data ?? []).includes('alice'));
    }
  });

  it('encrypts the same value differently each time', async () => {
    const [one, two] = await codecOf(a).encode([payloadOf(value), payloadOf(value)]);
    assert.notDeepEqual(one?.data, two?.data);
  });

  it('encrypts with the first key and decrypts with all of them', async () => {
    const [old = {}] = await codecOf(b).encode([payloadOf(value)]);
    const rotated = codecOf(`${a}, ${b}`);
    const [young = {}] = await rotated.encode([payloadOf(value)]);
    assert.deepEqual([keyIdOf(old), keyIdOf(young)], ['2026-05', '2026-11']);
    for (const payload of [old, young]) assert.deepEqual(await valueIn(rotated, payload), value);
  });

  it('passes through plain text that was written before there was a key', async () => {
    const plain = payloadOf(value);
    assert.deepEqual(await codecOf(a).decode([plain]), [plain]);
  });

  it('names the key that is missing or differs', async () => {
    const [encoded = {}] = await codecOf(a).encode([payloadOf(value)]);
    const refused = async (keys: string, payload: Payload): Promise<string> => {
      const error: unknown = await codecOf(keys)
        .decode([payload])
        .catch((reason: unknown) => reason);
      assert.ok(error instanceof PayloadKeyError);
      return error.message;
    };
    assert.match(await refused(b, encoded), /key "2026-11": add that key to PAYLOAD_KEY/);
    assert.match(await refused(keyNamed('2026-11'), encoded), /a different key with that name/);
    const altered = {
      ...encoded,
      data: Buffer.from(encoded.data ?? []).map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
    };
    assert.match(await refused(a, altered), /or the payload was altered/);
    for (const data of [Buffer.alloc(0), Buffer.alloc(20)])
      assert.match(await refused(a, { ...encoded, data }), /altered/);
  });
});

describe('PAYLOAD_KEY', () => {
  const base64 = randomBytes(32).toString('base64');

  it('is rejected at startup, without being shown, unless each key has a name and 32 bytes', () => {
    const wrong = [
      base64,
      `a:${base64.slice(4)}`,
      `a:${randomBytes(33).toString('base64')}`,
      `a:${base64},a:${base64}`,
      `a:${base64},`,
      `a b:${base64}`,
      `a:${randomBytes(32).toString('hex')}`,
    ];
    for (const text of wrong) {
      assert.throws(
        () => parseApiConfig({ PAYLOAD_KEY: text }),
        (error) =>
          error instanceof Error && error.message.includes('PAYLOAD_KEY must be') && !error.message.includes(text),
      );
    }
  });

  it('is optional', () => {
    assert.throws(
      () => parseApiConfig({ PAYLOAD_KEY: '' }),
      (error) => error instanceof Error && !error.message.includes('PAYLOAD_KEY'),
    );
  });
});
