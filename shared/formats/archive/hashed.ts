import { createHash } from 'node:crypto';
import type { Emit, SegmentEncoder } from '../encoding.js';

/** Adds the SHA-256 of what `inner` emits to its summary, as hexadecimal digits: `sha256`. */
export function hashed(inner: SegmentEncoder): SegmentEncoder {
  const hash = createHash('sha256');
  const seen =
    (emit: Emit): Emit =>
    (bytes) => {
      hash.update(bytes);
      return emit(bytes);
    };
  return {
    write: (rows, emit) => inner.write(rows, seen(emit)),
    end: async (emit) => ({ ...(await inner.end(seen(emit))), sha256: hash.digest('hex') }),
  };
}
