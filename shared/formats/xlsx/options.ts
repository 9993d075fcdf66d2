import { z } from 'zod';
import { paperSize, timezone } from '../common-options.js';
import type { FormatOptions } from '../format-options.js';

/**
 * Planned rows per sheet. Below Excel's 1,048,576 to leave room for rows that are inserted between planning and
 * reading.
 */
export const SHEET_ROWS = 1_040_000;

export const xlsxOptions = z.strictObject({
  timezone,
  compression: z
    .enum(['fast', 'small'], { error: 'must be fast or small' })
    .default('fast')
    .describe('small: smaller file, slower export'),
  sheet_rows: z
    .int({ error: 'must be a whole number' })
    .min(1, 'must be at least 1')
    .max(SHEET_ROWS, `must be at most ${SHEET_ROWS}`)
    .default(SHEET_ROWS)
    .describe('Maximum rows per sheet; further rows go to another sheet'),
  page_size: paperSize,
});

/** Parses a job's stored options, which may be older than some of these options. */
export const xlsxSettings = (options: FormatOptions): z.output<typeof xlsxOptions> => xlsxOptions.parse(options);
