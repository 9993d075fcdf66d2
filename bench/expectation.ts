import type { ContentReader, Facts } from './content.js';
import type { Fingerprint } from './fingerprint.js';

/** What a contestant's file must be. */
export interface Expectation {
  /** These very bytes. Without it: those that the job tells of, where there is one. */
  readonly file?: Fingerprint;
  /** What must be found in the bytes where they themselves may differ. */
  readonly content?: { readonly read: ContentReader; readonly is: Facts };
}
