import type { z } from 'zod';
import type { Scalar } from '../contract.js';
import type { RenderColumn } from '../datasets/query.js';

export type FormatOptions = Readonly<Record<string, Scalar>>;

/** Rows as the text lane delivers them: whole or broken anywhere, back to back. */
export interface RowBytes {
  readonly bytes: Buffer;
  /** Rows that end in these bytes. */
  readonly rows: number;
}

/** Encodes the rows of one segment; one per attempt. */
export interface SegmentEncoder {
  /** The bytes of the file for these rows; valid until the next call. */
  encode(rows: RowBytes): Buffer;
  /** What is left when the rows have ended. */
  end(): Buffer;
}

/** What head and tail may be made of: the plan and the segments' summaries, nothing else. */
export interface FileOutline {
  readonly columns: readonly string[];
  readonly options: FormatOptions;
}

/**
 * A file format as `head · segment* · tail`. Segments are encoded alone, on any worker, in any order; segment 0
 * writes the head. A format does no I/O and keeps no state between segments.
 */
export interface Format {
  /** As the API says it, in upper case. */
  readonly name: string;
  readonly extension: string;
  readonly mediaType: string;
  /** Raised whenever the bytes for the same rows change: plans of an older version are made again. */
  readonly encoderVersion: number;
  readonly options: z.ZodType<FormatOptions>;
  /** How PostgreSQL renders each column. */
  renderColumn(options: FormatOptions): RenderColumn;
  /** Wraps a SELECT into the COPY statement of the text lane. */
  copySql(select: string): string;
  head(outline: FileOutline): Buffer;
  createEncoder(): SegmentEncoder;
}
