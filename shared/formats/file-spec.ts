import type { FileOutline, SegmentPlace } from './encoding.js';
import type { LoadedFormat } from './load-format.js';

/** What an export's bytes are made of, as its plan has frozen it. */
export interface FileSpec {
  readonly format: LoadedFormat;
  /** By the number that places call `file`. */
  readonly outlines: readonly FileOutline[];
  /** Set for an archive with a file for each dataset. */
  readonly bundle?: Bundle;
}

export interface Bundle {
  /** Of the service that planned it. */
  readonly serviceVersion: string;
  /** Names, by the number of their file. */
  readonly datasets: readonly string[];
}

export function outlineOf({ outlines }: FileSpec, { file }: Pick<SegmentPlace, 'file'>): FileOutline {
  const outline = outlines[file];
  if (outline === undefined) throw new RangeError(`The plan has no file ${file}.`);
  return outline;
}
