import { isStoreError } from './store-errors.js';

/** Features of Amazon S3 that other stores may lack; docs/object-storage.md describes the fallbacks. */
type Feature = 'part checksums' | 'object checksum' | 'create only' | 'bulk delete';

/** Errors that stores return for a header, parameter or operation they don't support. */
const REFUSALS = ['InvalidArgument', 'InvalidRequest', 'MalformedXML', 'MethodNotAllowed', 'NotImplemented'] as const;

/** MinIO returns this for a whole-object checksum if it computes another kind. For a part, it means corrupted bytes. */
const OTHER_CHECKSUM = 'XAmzContentChecksumMismatch';

const refuses = (feature: Feature, error: unknown): boolean =>
  isStoreError(error, ...REFUSALS) || (feature === 'object checksum' && isStoreError(error, OTHER_CHECKSUM));

/** Remembers which features a store has rejected, for the life of the process. */
export class StoreFeatures {
  readonly #refused = new Set<Feature>();

  /**
   * Tries a request with a feature and, if the store rejects it, without. If that succeeds, the feature was at fault
   * and is skipped from then on.
   * @throws the last request's error
   */
  async try<T>(feature: Feature, withIt: () => Promise<T>, without: () => Promise<T>): Promise<T> {
    if (this.#refused.has(feature)) return without();
    try {
      return await withIt();
    } catch (error) {
      if (!refuses(feature, error)) throw error;
    }
    const result = await without();
    this.#refused.add(feature);
    return result;
  }
}
