import { z } from 'zod';
import { COLUMN_TYPES } from '../datasets/column-types.js';

const previewedColumn = z.strictObject({
  name: z.string(),
  header: z.string().nullable().describe('In the header row of the file; null if it has none'),
  type: z.enum(COLUMN_TYPES),
  masked: z.literal(true).optional().describe('You get masked values'),
});

const previewedFile = z.strictObject({
  dataset: z.string(),
  title: z.string(),
  columns: z.array(previewedColumn).describe('In file order'),
  rows: z
    .array(z.array(z.string().nullable()))
    .describe('The first rows, with a text for each column, or null for null. Long values are cut and end with …'),
  has_more: z.boolean().describe('Whether the file has more rows'),
});
export type PreviewedFile = z.infer<typeof previewedFile>;

/** The beginning of an export's file, as clients see it. */
export const previewSchema = z
  .strictObject({
    files: z.array(previewedFile).describe('One, or for an account one for each dataset'),
  })
  .meta({ id: 'Preview' });
export type Preview = z.infer<typeof previewSchema>;
