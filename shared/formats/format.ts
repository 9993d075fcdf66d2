import type { z } from 'zod';
import type { Scalar } from '../contract.js';
import type { ComputedType } from '../datasets/computed.js';
import type { Texts } from '../datasets/compute.js';
import type { RenderColumn } from '../datasets/query.js';

export type FormatOptions = Readonly<Record<string, Scalar>>;

/** Rows as a lane delivers them: whole or broken anywhere, back to back. */
export interface RowBytes {
  readonly bytes: Buffer;
  /** Rows that end in these bytes. */
  readonly rows: number;
}

/** Takes bytes of the file, which are valid only until it is done with them. */
export type Emit = (bytes: Buffer) => Promise<void> | void;

/** Which segment of the file is encoded. */
export interface SegmentPlace {
  /** It writes the head. */
  readonly opens: boolean;
  /** It has the first row of the file. */
  readonly leads: boolean;
}

/** What the tail needs to know of a segment; a few numbers, kept with it. */
export type SegmentSummary = Readonly<Record<string, number>>;

/** Encodes the rows of one segment; one per attempt. Calls come one at a time: `write` any number of times, `end`. */
export interface SegmentEncoder {
  write(rows: RowBytes, emit: Emit): Promise<void> | void;
  /** Emits what is left when the rows have ended. */
  end(emit: Emit): Promise<SegmentSummary> | SegmentSummary;
}

/** Makes of rows of texts the bytes that the text lane's COPY would have made. */
export type RowWriter = (rows: readonly Texts[]) => Buffer;

/** The row lane's side of a format, for rows with columns that TypeScript computes. */
export interface RowLane {
  /** How PostgreSQL renders each column of the table. */
  renderColumn(options: FormatOptions): RenderColumn;
  /** The same for the text of a computed value. */
  renderValue(options: FormatOptions): (text: string, type: ComputedType) => string;
  createWriter(columns: readonly string[], options: FormatOptions): RowWriter;
}

/** What head and tail may be made of: the plan and the segments' summaries, nothing else. */
export interface FileOutline {
  readonly columns: readonly string[];
  /** Of the columns, for people. */
  readonly labels: readonly string[];
  readonly options: FormatOptions;
}

/**
 * A file format as `head · segment* · tail`. Segments are encoded alone, on any worker, in any order. A format does no
 * I/O and keeps no state between segments. Compression is not its business: see file.ts.
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
  copySql(select: string, options: FormatOptions): string;
  /** One ASCII character that the text lane puts before each row, so that no encoder has to look for rows. */
  readonly rowLead?: string;
  readonly rows: RowLane;
  head(outline: FileOutline): Buffer;
  createEncoder(place: SegmentPlace, options: FormatOptions): SegmentEncoder;
  tail(outline: FileOutline): Buffer;
}

export const NOTHING = Buffer.alloc(0);

const NO_SUMMARY: SegmentSummary = {};

/** For formats whose rows PostgreSQL writes as they are to be. */
export const passThrough: SegmentEncoder = {
  write: ({ bytes }, emit) => emit(bytes),
  end: () => NO_SUMMARY,
};
