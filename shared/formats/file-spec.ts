import type { Withheld } from '../datasets/withheld.js';
import type { FileOutline, SegmentPosition } from './encoding.js';
import type { LoadedFormat } from './load-format.js';

/** Everything that determines an export's bytes, as its plan has frozen it. */
export interface FileSpec {
  readonly format: LoadedFormat;
  /** Indexed by `file` of a position. */
  readonly outlines: readonly FileOutline[];
  /** Set for an archive with a file per dataset. */
  readonly bundle?: Bundle;
}

export interface Bundle {
  /** Version of the service that planned it. */
  readonly serviceVersion: string;
  /** The administrator who requested it on behalf of the user; null if the user did. */
  readonly requestedBy: string | null;
  /** The masked and missing columns, by file. */
  readonly withheld: readonly Withheld[];
  /** The number of datasets without a single column that may be in the archive. */
  readonly leftOutFiles: number;
}

/** Reads the stored layout of one file of a plan. */
export const readLayout = ({ layoutSchema }: LoadedFormat, stored: unknown): unknown =>
  layoutSchema?.parse(stored) ?? null;

/** Reads the stored position of a segment. */
export const readPosition = ({ format: { positionSchema } }: FileSpec, stored: SegmentPosition): SegmentPosition => ({
  ...stored,
  own: positionSchema?.parse(stored.own) ?? null,
});

export function outlineOf({ outlines }: FileSpec, { file }: Pick<SegmentPosition, 'file'>): FileOutline {
  const outline = outlines[file];
  if (outline === undefined) throw new RangeError(`The plan has no file ${file}.`);
  return outline;
}
