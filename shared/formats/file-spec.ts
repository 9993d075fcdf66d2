import type { FileOutline, SegmentPlace } from './encoding.js';
import type { LoadedFormat } from './load-format.js';

/** Everything that determines an export's bytes, as its plan has frozen it. */
export interface FileSpec {
  readonly format: LoadedFormat;
  /** Indexed by `file` of a place. */
  readonly outlines: readonly FileOutline[];
  /** Set for an archive with a file per dataset. */
  readonly bundle?: Bundle;
}

export interface Bundle {
  /** Version of the service that planned it. */
  readonly serviceVersion: string;
  /** Dataset names, by file. */
  readonly datasets: readonly string[];
}

export function outlineOf({ outlines }: FileSpec, { file }: Pick<SegmentPlace, 'file'>): FileOutline {
  const outline = outlines[file];
  if (outline === undefined) throw new RangeError(`The plan has no file ${file}.`);
  return outline;
}
