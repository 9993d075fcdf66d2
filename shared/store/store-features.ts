import { isStoreError } from './store-errors.js';

/** What Amazon's S3 has, and others may lack: docs/object-storage.md says what the service does without. */
type Feature = 'part checksums' | 'object checksum' | 'create only' | 'bulk delete';

/** How stores reject a header, a parameter or an operation that they do not know. */
const REFUSALS = ['InvalidArgument', 'InvalidRequest', 'MalformedXML', 'MethodNotAllowed', 'NotImplemented'] as const;

/** MinIO's answer to a whole object's checksum where it computes another kind. Of a part, it means damaged bytes. */
const OTHER_CHECKSUM = 'XAmzContentChecksumMismatch';

const refuses = (feature: Feature, error: unknown): boolean =>
  isStoreError(error, ...REFUSALS) || (feature === 'object checksum' && isStoreError(error, OTHER_CHECKSUM));

/** Remembers, for as long as the process lives, what a store has refused. */
export class StoreFeatures {
  readonly #refused = new Set<Feature>();

  /**
   * Tries a request with a feature and, when the store refuses it, without. A success without it shows that the feature
   * was at fault, and from then on it is left out at once.
   * @throws what the last request threw
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
