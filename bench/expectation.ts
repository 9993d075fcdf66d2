import type { ContentReader, Facts } from './content.js';
import type { Fingerprint } from './fingerprint.js';

/** The expected file of a contestant. */
export interface Expectation {
  /** The exact bytes. If absent: the bytes that the job reports, if there is a job. */
  readonly file?: Fingerprint;
  /** Facts that must hold if the bytes may differ. */
  readonly content?: { readonly read: ContentReader; readonly is: Facts };
}
