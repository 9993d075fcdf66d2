import { z } from 'zod';

/**
 * A cell as a reader shows it, in the form that all readers are compared in. A time is local, without a timezone:
 * `YYYY-MM-DDTHH:MM:SS.mmm`, for dates too; a clock is a time of day, `HH:MM:SS.mmm`. `other` is anything that no
 * export may contain: a formula, an error, a duration.
 */
const cellSchema = z.union([
  z.null(),
  z.strictObject({ kind: z.literal('number'), value: z.number() }),
  z.strictObject({ kind: z.literal('text'), value: z.string() }),
  z.strictObject({ kind: z.literal('boolean'), value: z.boolean() }),
  z.strictObject({ kind: z.literal('time'), value: z.string().regex(/^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/) }),
  z.strictObject({ kind: z.literal('clock'), value: z.string().regex(/^\d\d:\d\d:\d\d\.\d{3}$/) }),
  z.strictObject({ kind: z.literal('other'), value: z.string() }),
]);
export type Cell = z.infer<typeof cellSchema>;

/** The appearance of a sheet, from the reader that reports it. */
const looksSchema = z.object({
  /** The first cell that scrolls: `A2` if the header stays. */
  freeze: z.string().nullable(),
  /** The filter's range, such as `A1:C4`. */
  filter: z.string().nullable(),
  /** For each cell of the header. */
  bold: z.array(z.boolean()),
  /** For each column, in characters. */
  widths: z.array(z.number()),
  /** For each cell of the first row after the header. */
  formats: z.array(z.string()),
  print: z.object({
    fits: z.boolean(),
    /** Excel's code: 9 is A4, 1 is letter. */
    paper: z.number(),
    orientation: z.string(),
    /** Number of pages across and down; 0: as many as it takes. */
    wide: z.number(),
    high: z.number(),
    /** Rows and columns that every page repeats. */
    titles: z.array(z.string().nullable()),
    header: z.array(z.string()),
    footer: z.string(),
  }),
});

export const workbookSchema = z.object({
  sheets: z.array(
    z.object({
      name: z.string(),
      rows: z.array(
        z.array(cellSchema).transform((cells) => {
          // Readers differ in how many empty cells they report after the last one.
          const last = cells.findLastIndex((cell) => cell !== null);
          return cells.slice(0, last + 1);
        }),
      ),
      looks: looksSchema.optional(),
    }),
  ),
});
export type Workbook = z.infer<typeof workbookSchema>;

export const number = (value: number): Cell => ({ kind: 'number', value });
export const text = (value: string): Cell => ({ kind: 'text', value });
export const boolean = (value: boolean): Cell => ({ kind: 'boolean', value });
export const time = (value: string): Cell => ({ kind: 'time', value });
export const clock = (value: string): Cell => ({ kind: 'clock', value });

/** `HH:MM:SS.mmm` */
export function clockOf(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  return String(hours).padStart(2, '0') + new Date(ms).toISOString().slice(13, -1);
}
