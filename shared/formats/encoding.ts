import type { z } from 'zod';
import type { FilterValue, Warning } from '../contract.js';
import type { ComputedType } from '../datasets/computed.js';
import type { Texts } from '../datasets/compute.js';
import type { ShownColumn } from '../datasets/shown-columns.js';
import type { RenderColumn } from '../datasets/query.js';
import type { RowOrder } from '../datasets/sort.js';
import type { FormatOptions } from './format-options.js';
import type { PdfResources } from './pdf/resources.js';

/** Rows as a lane delivers them: back to back, and split anywhere. */
export interface RowBytes {
  readonly bytes: Buffer;
  /** How many rows end in these bytes. */
  readonly rows: number;
}

/** Receives bytes of the file, which are valid only until the call has finished. */
export type Emit = (bytes: Buffer) => Promise<void> | void;

/**
 * The position of a segment in its file. Made by the plan, or by the finish for a segment that must run again, and
 * stored with the segment.
 */
export interface SegmentPosition<Own = unknown> {
  /** The file of the plan that the rows belong to; an archive may have several. */
  readonly file: number;
  /**
   * The member that the rows belong to, counted over the whole plan. A member has one head and one tail, such as a
   * sheet.
   */
  readonly member: number;
  /** Whether it is the first of its member, and so writes the member's head. */
  readonly opens: boolean;
  /** Whether the archive's header that this segment writes has room for 8-byte sizes. */
  readonly wide: boolean;
  /** Made by {@link Encoding.positions}; null for formats that need nothing more. */
  readonly own: Own;
}

/** What the finish needs to know about a segment: a few numbers and short texts, stored with it. */
export type SegmentSummary = Readonly<Record<string, number | string>>;

/** A committed segment. */
export interface WrittenSegment<Own = unknown> {
  readonly segment: number;
  readonly position: SegmentPosition<Own>;
  readonly plannedRows: number;
  readonly rows: number;
  /** Bytes in the object, in whatever encoding. */
  readonly bytes: number;
  readonly summary: SegmentSummary;
}

/** A segment that must be written again, for another position. */
export interface SegmentToMove<Own = unknown> {
  readonly segment: number;
  readonly position: SegmentPosition<Own>;
}

/** Encodes the rows of one segment; one per attempt. Calls don't overlap: any number of `write`, then `end`. */
export interface SegmentEncoder {
  write(rows: RowBytes, emit: Emit): Promise<void> | void;
  /** Emits what is left after the last row. */
  end(emit: Emit): Promise<SegmentSummary> | SegmentSummary;
}

/** Turns rows of texts into the bytes that COPY would have written, which are valid until it is called again. */
export type RowWriter = (rows: readonly Texts[]) => Buffer;

/** A format's side of the row lane, for rows with columns that TypeScript computes. */
export interface RowLane {
  /** How PostgreSQL renders each column of the table. */
  renderColumn(options: FormatOptions): RenderColumn;
  /** Renders the text of a computed value in the same way. */
  renderValue(options: FormatOptions): (text: string, type: ComputedType) => string;
  createWriter(columns: readonly ShownColumn[], options: FormatOptions): RowWriter;
}

/** What determines a file's bytes besides its rows and its layout. */
export interface BareOutline {
  readonly columns: readonly ShownColumn[];
  readonly options: FormatOptions;
  /** The dataset's name. */
  readonly dataset: string;
  /** The dataset's title. */
  readonly title: string;
  /** Who requested what and when, for files that show it. */
  readonly about: About;
}

/** Everything that determines bytes besides rows, frozen by the plan. Equal outlines and rows give equal bytes. */
export interface FileOutline<Layout = unknown> extends BareOutline {
  /** Made by {@link Encoding.layout}; null for formats without one. */
  readonly layout: Layout;
}

export interface About {
  readonly jobId: string;
  readonly tenantId: string;
  readonly userId: string;
  /** The email address of the user, if known. */
  readonly email: string | null;
  readonly filters: Readonly<Record<string, FilterValue>>;
  /** When the export was planned, ISO 8601. */
  readonly plannedAt: string;
}

/** Which rows a file has. */
export interface DescribedRows {
  /** The filters and the order, in words. */
  readonly words: readonly string[];
  readonly order: RowOrder;
}

/** Measurements of a sample of rows, per row. */
export interface RowSize {
  /** Bytes before compression. */
  readonly plainBytes: number;
}

/** How segments may be cut. */
export interface CutRules {
  /** Every segment except a member's last has a multiple of this many rows. */
  readonly unitRows: number;
  /** Maximum rows of a member. */
  readonly memberRows: number;
}

/** Segments that have been cut but have no position yet. */
export interface CutSegment {
  readonly rows: number;
  readonly member: number;
}

/** What a worker needs beyond the plan, such as fonts. Opened once, by its `main.ts`. */
export interface FormatResources {
  readonly pdf?: PdfResources;
}

/** A file inside an archive. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * How a format writes a file: `head · segment* · tail`. Segments are encoded separately, on any worker, in any order.
 * An encoding does no I/O and keeps no state between segments. Compression is applied around it: see file.ts.
 *
 * `Layout` and `Position` are what the format itself stores with the plan and with each segment, such as column widths
 * and page numbers. Only the format reads them.
 */
export interface Encoding<Layout = unknown, Position = unknown> {
  /** Raised whenever the bytes for the same rows change, so that plans made by an older version are replaced. */
  readonly encoderVersion: number;
  /** How PostgreSQL renders each column. */
  renderColumn(options: FormatOptions): RenderColumn;
  /**
   * Set for a format that reads COPY's binary format. Its rows are tuples: the number of fields (2 bytes), and for each
   * field its length (4 bytes, -1 for null) and its bytes, all big-endian. The copy's header and trailer are left out.
   * https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS
   */
  readonly lane?: 'binary';
  /** Wraps a SELECT into the COPY statement of the text or the binary lane. */
  copySql(select: string, options: FormatOptions): string;
  /** An ASCII character that the text lane puts before each row, so that encoders needn't search for rows. */
  readonly rowLead?: string;
  readonly rows: RowLane;

  /**
   * Freezes what the format needs to know before it writes.
   * @param sample rows of both ends, as COPY returns them; the last one of an end may be incomplete
   */
  layout?(
    sample: readonly RowBytes[],
    outline: BareOutline,
    resources: FormatResources,
    rows: DescribedRows,
  ): Layout | Promise<Layout>;
  /** Reads a layout that was stored. Set for a format that has one. */
  readonly layoutSchema?: z.ZodType<Layout>;
  /**
   * @param withHeadroom leave room, because a segment outgrew the previous plan
   * @throws ServiceError TOO_MANY_ROWS if there are more rows than the format can hold
   */
  cut?(outline: FileOutline<Layout>, size: RowSize, withHeadroom: boolean): CutRules;
  /**
   * The format's own facts about each segment's position.
   * @param size absent while a sample is measured
   * @throws ServiceError TOO_MANY_ROWS if there are more rows than the format can hold
   */
  positions?(
    outline: FileOutline<Layout>,
    segments: readonly CutSegment[],
    withHeadroom: boolean,
    size?: RowSize,
  ): Position[];
  /** Reads a position that was stored. Set for a format that has one. */
  readonly positionSchema?: z.ZodType<Position>;

  /** The bytes before the rows of a member. */
  head(outline: FileOutline<Layout>): Buffer;
  createEncoder(position: Position, outline: FileOutline<Layout>, resources: FormatResources): SegmentEncoder;
  /**
   * The bytes after the rows of a member.
   * @param segments of the member, in order
   */
  tail(
    outline: FileOutline<Layout>,
    segments: readonly WrittenSegment<Position>[],
    resources: FormatResources,
  ): Buffer | Promise<Buffer>;
  /** Set for a format whose file is a ZIP archive of members, and of files that the finish makes. */
  readonly archive?: {
    /** Compression level, 1 to 9. */
    level(options: FormatOptions): number;
    memberName(member: number): string;
    /** @param members segments by member */
    files(outline: FileOutline<Layout>, members: readonly (readonly WrittenSegment<Position>[])[]): NamedBytes[];
  };

  /**
   * Segments that turned out different from their plan and must be written again, for another position.
   * @param segments of the file, in order
   * @throws ServiceError PLAN_OUTGROWN if only a new plan helps
   */
  segmentsToMove?(segments: readonly WrittenSegment<Position>[]): SegmentToMove<Position>[];
  warnings?(segments: readonly WrittenSegment<Position>[]): Warning[];
}
