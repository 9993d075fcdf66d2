import type { FilterValue, Warning } from '../contract.js';
import type { ComputedType } from '../datasets/computed.js';
import type { Texts } from '../datasets/compute.js';
import type { ShownColumn } from '../datasets/define-dataset.js';
import type { RenderColumn } from '../datasets/query.js';
import type { FormatOptions } from './format-options.js';
import type { PdfResources } from './pdf/resources.js';

/** Rows as a lane delivers them: whole or broken anywhere, back to back. */
export interface RowBytes {
  readonly bytes: Buffer;
  /** Rows that end in these bytes. */
  readonly rows: number;
}

/** Takes bytes of the file, which are valid only until it is done with them. */
export type Emit = (bytes: Buffer) => Promise<void> | void;

/**
 * Where a segment stands in its file. Made with the plan, or by the finish for a segment that must run again; kept with
 * the segment. Formats add numbers of their own.
 */
export type SegmentPlace = CommonPlace & Readonly<Record<string, number>>;
export interface CommonPlace {
  /** The file of the plan that its rows are of: an archive may hold several. */
  readonly file: number;
  /** The stretch of segments, counted over the whole plan, that head and tail are around: a file, a sheet. */
  readonly member: number;
  /** 1: it is the first of its member, and writes its head. */
  readonly opens: number;
}

/** What the finish needs to know of what a segment wrote; a few numbers and short texts, kept with it. */
export type SegmentSummary = Readonly<Record<string, number | string>>;

/** A segment that is committed. */
export interface WrittenSegment {
  readonly segment: number;
  readonly place: SegmentPlace;
  readonly plannedRows: number;
  readonly rows: number;
  /** Of the object, whatever they encode. */
  readonly bytes: number;
  readonly summary: SegmentSummary;
}

/** A segment that is to be made again, in another place. */
export interface Misplaced {
  readonly segment: number;
  readonly place: SegmentPlace;
}

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

/** What a format has frozen with the plan beyond what every file has: widths, rows of a page. JSON values. */
export type Layout = Readonly<Record<string, unknown>>;

/** All that bytes may be made of beside rows: what the plan has frozen. Equal outlines and rows give equal bytes. */
export interface FileOutline {
  readonly columns: readonly ShownColumn[];
  readonly options: FormatOptions;
  /** Of the dataset, for people. */
  readonly title: string;
  /** Who asked for what and when, for files that say so. */
  readonly about: About;
  /** As {@link Encoding.layout} made it; empty for formats that have none. */
  readonly layout: Layout;
}

export interface About {
  readonly jobId: string;
  readonly tenantId: string;
  readonly userId: string;
  /** The address of whoever asked, where it is known. */
  readonly email: string | null;
  readonly filters: Readonly<Record<string, FilterValue>>;
  /** When the export was planned, ISO 8601. */
  readonly plannedAt: string;
}

/** What a sample of rows has shown, per row. */
export interface RowSize {
  /** Bytes before compression; the same where there is none. */
  readonly plainBytes: number;
}

/** How segments may be cut. */
export interface CutRules {
  /** Every segment but a member's last has a whole multiple of so many rows. */
  readonly unitRows: number;
  /** No member has more rows. */
  readonly memberRows: number;
}

/** Segments as they are cut, before they are placed. */
export interface CutSegment {
  readonly rows: number;
  readonly member: number;
}

/** What a worker brings that no plan can hold: opened once, by its `main.ts`. */
export interface FormatResources {
  readonly pdf?: PdfResources;
}

/** A file inside an archive. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * How a format makes a file: `head · segment* · tail`. Segments are encoded alone, on any worker, in any order. An
 * encoding does no I/O and keeps no state between segments. Compression is applied around it: see file.ts.
 */
export interface Encoding {
  /** Raised whenever the bytes for the same rows change: plans of an older version are made again. */
  readonly encoderVersion: number;
  /** How PostgreSQL renders each column. */
  renderColumn(options: FormatOptions): RenderColumn;
  /** Wraps a SELECT into the COPY statement of the text lane. */
  copySql(select: string, options: FormatOptions): string;
  /** One ASCII character that the text lane puts before each row, so that no encoder has to look for rows. */
  readonly rowLead?: string;
  readonly rows: RowLane;

  /**
   * Freezes what the format wants to know before it writes.
   * @param sample rows of both ends, as the text lane's COPY gives them
   * @param filters in words
   */
  layout?(
    sample: readonly RowBytes[],
    outline: FileOutline,
    resources: FormatResources,
    filters: readonly string[],
  ): Layout | Promise<Layout>;
  /**
   * @param roomy after a plan that was outgrown
   * @throws ServiceError TOO_MANY_ROWS when there are more than the format can hold
   */
  cut?(outline: FileOutline, size: RowSize, roomy: boolean): CutRules;
  /** The format's own part of each segment's place. */
  place?(outline: FileOutline, segments: readonly CutSegment[], roomy: boolean): Readonly<Record<string, number>>[];

  /** What is before the rows of a member. */
  head(outline: FileOutline): Buffer;
  createEncoder(place: SegmentPlace, outline: FileOutline, resources: FormatResources): SegmentEncoder;
  /** What is after them. @param segments of the member, in order */
  tail(outline: FileOutline, segments: readonly WrittenSegment[], resources: FormatResources): Buffer | Promise<Buffer>;
  /** Set for a format whose file is a ZIP archive of its members and of files that the finish makes. */
  readonly archive?: {
    /** Of compression, 1 to 9. */
    level(options: FormatOptions): number;
    memberName(member: number): string;
    /** @param members segments by member */
    files(outline: FileOutline, members: readonly (readonly WrittenSegment[])[]): NamedBytes[];
  };

  /**
   * Segments that came out other than planned and have to be made again, in another place.
   * @param segments of the file, in order
   * @throws ServiceError PLAN_OUTGROWN when only another plan helps
   */
  misplaced?(segments: readonly WrittenSegment[]): Misplaced[];
  warnings?(segments: readonly WrittenSegment[]): Warning[];
}
