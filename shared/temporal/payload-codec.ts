import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import { decode as text, encode as bytes } from '@temporalio/common/lib/encoding.js';
import proto from '@temporalio/proto';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PayloadKeys } from './payload-keys.js';

/** Named as in Temporal's samples, so that its tools recognize encrypted payloads. */
const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

const { Payload: Message } = proto.temporal.api.common.v1;

/** Thrown when a payload cannot be decrypted; the message is a sentence for operators. */
export class PayloadKeyError extends Error {
  override readonly name = 'PayloadKeyError';
}

/** The id of the key that encrypted a payload; null if the payload is not encrypted. */
export function keyIdOf({ metadata }: Payload): string | null {
  const encoding = metadata?.[METADATA_ENCODING_KEY];
  if (encoding == null || text(encoding) !== ENCODING) return null;
  const id = metadata?.[KEY_ID];
  return id == null ? '' : text(id);
}

/**
 * Encrypts whole payloads with AES-256-GCM: a random 12-byte IV, the ciphertext, and a 16-byte tag that also
 * authenticates the key id. `decode` returns unencrypted payloads unchanged, because they may predate encryption.
 * @throws PayloadKeyError from `decode`
 */
export function createPayloadCodec({ current, byId }: PayloadKeys): PayloadCodec {
  function keyNamed(id: string): Buffer {
    const key = byId.get(id);
    if (key !== undefined) return key;
    throw new PayloadKeyError(
      `Temporal has a payload that is encrypted with key "${id}": add that key to PAYLOAD_KEY.`,
    );
  }

  function encrypt(payload: Payload): Payload {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, keyNamed(current), iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(bytes(current));
    const plain = Message.encode(payload).finish();
    return {
      metadata: { [METADATA_ENCODING_KEY]: bytes(ENCODING), [KEY_ID]: bytes(current) },
      data: Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
    };
  }

  function decrypt(payload: Payload): Payload {
    const id = keyIdOf(payload);
    if (id === null) return payload;
    const key = keyNamed(id);
    const data = payload.data ?? Buffer.alloc(0);
    const end = data.length - TAG_BYTES;
    try {
      const decipher = createDecipheriv(CIPHER, key, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(bytes(id)).setAuthTag(data.subarray(end));
      return Message.decode(Buffer.concat([decipher.update(data.subarray(IV_BYTES, end)), decipher.final()]));
    } catch (cause) {
      const why = `Temporal has a payload that key "${id}" cannot decrypt`;
      throw new PayloadKeyError(`${why}: PAYLOAD_KEY has a different key with that name, or the payload was altered.`, {
        cause,
      });
    }
  }

  return {
    encode: (payloads) => Promise.resolve(payloads.map(encrypt)),
    // Inside `then`, so that an error rejects the promise.
    decode: (payloads) => Promise.resolve().then(() => payloads.map(decrypt)),
  };
}
