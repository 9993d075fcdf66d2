import type { ObjectStore } from '../../shared/store/object-store.js';

export const putChunks = (store: ObjectStore, key: string, ...chunks: readonly Buffer[]): Promise<void> =>
  store.putStream(key, chunks, AbortSignal.timeout(20_000));
