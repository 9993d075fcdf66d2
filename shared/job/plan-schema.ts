import { z } from 'zod';
import type { FilterValue, SegmentMode } from '../contract.js';
import { MASKS } from '../datasets/column-types.js';
import { decimalSchema } from '../datasets/decimal.js';
import { COLUMN_TYPES } from '../datasets/define-dataset.js';
import type { Withheld } from '../datasets/withheld.js';
import { numberFormatSchema } from '../datasets/number-format.js';
import type { SegmentPosition } from '../formats/encoding.js';
import type { Segment } from '../plan/segments.js';

const columnSchema = z.object({
  name: z.string(),
  key: z.string(),
  label: z.string(),
  type: z.enum(COLUMN_TYPES),
  number: numberFormatSchema.nullable(),
  decimal: decimalSchema.nullable(),
  /** Set for a computed column, which the row lane masks. */
  mask: z.enum(MASKS).optional(),
});

/** The rows of one dataset. */
const plannedFileSchema = z.object({
  dataset: z.string(),
  title: z.string(),
  columns: z.array(columnSchema),
  query: z.object({
    select: z.string(),
    from: z.string(),
    key: z.array(z.string()).readonly(),
    descending: z.boolean(),
  }),
  /** Columns that others are computed from, read after the requested ones; null for the text lane. */
  inputs: z.array(z.string()).readonly().nullable(),
  /** What the format froze for itself; only the format can read it. */
  layout: z.unknown(),
});

const withheldSchema = z.object({
  masked: z.record(z.string(), z.enum(MASKS)),
  locked: z.array(z.object({ name: z.string(), label: z.string(), reason: z.string() })).readonly(),
  hidden: z.number(),
}) satisfies z.ZodType<Withheld>;

/** Everything that is frozen when an export is planned. Head, segments and tail follow from it alone. */
export const planSchema = z.object({
  encoderVersion: z.number(),
  segments: z.number(),
  /** Bytes; every part but a segment's last has this size. */
  partSize: z.number(),
  totalRows: z.number(),
  /** Limit on the file's size, because the plan is based on a sample. */
  maxBytes: z.number(),
  files: z.array(plannedFileSchema),
  /**
   * Set if the files are in one archive. It names the administrator although the row no longer does after an erasure:
   * the file's size depends on it.
   */
  bundle: z
    .object({
      serviceVersion: z.string(),
      requestedBy: z.string().nullable(),
      withheld: z.array(withheldSchema).readonly(),
      leftOutFiles: z.number(),
    })
    .optional(),
  /** Identifies the key of the mask `hash`, so that all hashes in a file use the same one; null if it has none. */
  maskKeyId: z.string().nullable(),
  timezone: z.string(),
  plannedAt: z.string(),
});
export type Plan = z.infer<typeof planSchema>;

const positionSchema = z.object({
  file: z.number(),
  member: z.number(),
  opens: z.boolean(),
  wide: z.boolean(),
  /** Only the format can read it. */
  own: z.unknown(),
}) satisfies z.ZodType<SegmentPosition>;

const uploadedPartSchema = z.object({ number: z.number(), size: z.number(), etag: z.string(), crc32: z.number() });
/** Where the bytes of a committed segment are. */
const piecesSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('parts'), parts: z.array(uploadedPartSchema) }),
  z.object({ kind: z.literal('held'), key: z.string(), crc32: z.number() }),
]);
export type SegmentPieces = z.infer<typeof piecesSchema>;

export const attemptSchema = z.object({
  attempt: z.number(),
  lower: z.array(z.string()).nullable(),
  upper: z.array(z.string()).nullable(),
  planned_rows: z.number(),
  mode: z.enum(['parts', 'held']),
  position: positionSchema,
  rows: z.number().nullable(),
  /** Total of the committed segments. */
  bytes_committed: z.number(),
  upload_id: z.string(),
  file_key: z.string(),
  plan: planSchema,
  type: z.string(),
  format: z.string(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  filters: z.record(z.string(), z.custom<FilterValue>()),
  notify: z.object({ email: z.string().optional() }),
  tenant_ref: z.string(),
  user_ref: z.string(),
  requested_by_ref: z.string().nullable(),
});
/**
 * A segment at the start of an attempt. `rows` is set if an earlier attempt has committed it: nothing is left to do.
 */
export type SegmentAttempt = z.infer<typeof attemptSchema>;

export const committedSchema = z.object({
  segment: z.number(),
  mode: z.enum(['parts', 'held']),
  rows: z.number().nullable(),
  bytes: z.number().nullable(),
  planned_rows: z.number(),
  parts: piecesSchema.nullable(),
  position: positionSchema,
  summary: z.record(z.string(), z.union([z.number(), z.string()])).nullable(),
});
export type SegmentRecord = z.infer<typeof committedSchema>;

export const uploadStateSchema = z.object({
  generation: z.number(),
  upload_id: z.string().nullable(),
  file_key: z.string().nullable(),
  plan: planSchema.nullable(),
});
export type UploadState = z.infer<typeof uploadStateSchema>;

export interface PlannedSegment extends Segment {
  readonly position: SegmentPosition;
  readonly mode: SegmentMode;
}
