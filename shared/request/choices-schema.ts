import { z } from 'zod';
import { NUMBER_STYLES } from '../datasets/number-format.js';
import { COLUMN_TYPES } from '../datasets/column-types.js';

/** What clients can request. */
export const choicesSchema = z.strictObject({
  datasets: z.array(
    z.strictObject({
      name: z.string().describe('The `type` of a request'),
      title: z.string(),
      columns: z.array(
        z.strictObject({
          name: z.string(),
          type: z.enum(COLUMN_TYPES),
          label: z.string(),
          file_types: z
            .record(z.string(), z.string())
            .optional()
            .describe(
              'By format, the type that the column has in a file created now, such as `DECIMAL(12, 2)`; only formats whose columns have types. Absent for a locked column, and for a numeric column whose precision only the source database knows while it is down',
            ),
          description: z.string().optional().describe('What the column means'),
          hidden: z.boolean().describe('Left out unless the request names it'),
          format: z.enum(NUMBER_STYLES).optional().describe('How workbooks and PDFs show the numbers'),
          currency: z.string().optional().describe('The ISO 4217 code of the amounts'),
          masked: z.literal(true).optional().describe('You get masked values; `type` is the type of these'),
          locked: z.literal(true).optional().describe("You can't select this column, for the `reason` given"),
          reason: z.string().optional(),
          opt_in_formats: z
            .array(z.string())
            .describe('Formats that leave this column out unless the request names it'),
        }),
      ),
      filters: z.array(
        z.strictObject({
          name: z.string(),
          kind: z.enum(['date_range', 'one_of', 'range', 'equals', 'contains', 'is_null']),
          column: z.string(),
          values: z.array(z.string()).optional().describe('The only values allowed'),
        }),
      ),
      sorts: z.array(z.string()).describe('Columns that a request may sort by, ascending or, with `-`, descending'),
      rights_unknown: z
        .literal(true)
        .optional()
        .describe(
          "Your permissions couldn't be checked, so the columns are those of callers who have none. Try again later; if that doesn't help, contact your administrator",
        ),
    }),
  ),
  bundles: z.array(
    z
      .strictObject({
        name: z.string(),
        title: z.string(),
        datasets: z
          .array(z.strictObject({ name: z.string(), title: z.string() }))
          .describe('What your archive would contain'),
        formats: z.array(z.string()),
      })
      .describe('An archive of several datasets; use its `name` as the `type` of a request'),
  ),
  formats: z.array(
    z.strictObject({
      name: z.string(),
      extension: z.string(),
      media_type: z.string(),
      options: z.looseObject({}).describe('JSON Schema of the `options` of this format'),
    }),
  ),
  rights_unknown: z
    .literal(true)
    .optional()
    .describe(
      "Your permissions couldn't be checked, so datasets that need one are not listed. Try again later; if that doesn't help, contact your administrator",
    ),
});
export type Choices = z.infer<typeof choicesSchema>;
