import { z } from 'zod';
import { timezone } from '../common-options.js';
import type { FormatOptions } from '../format-options.js';

/** Smaller row groups cost readers more than they save. */
const LEAST_GROUP_ROWS = 1_000;
/** Larger row groups would reach their limit in bytes first. */
const MOST_GROUP_ROWS = 10_000_000;

const given = z.strictObject({
  timezone: timezone.describe('Timezone of the days in filters; times in the file are in UTC'),
  compression: z
    .enum(['snappy', 'zstd', 'gzip', 'none'], { error: 'must be snappy, zstd, gzip or none' })
    .default('snappy')
    .describe('Compression within the file; zstd makes smaller files'),
  row_group_rows: z
    .int({ error: 'must be a whole number' })
    .min(LEAST_GROUP_ROWS, `must be at least ${LEAST_GROUP_ROWS}`)
    .max(MOST_GROUP_ROWS, `must be at most ${MOST_GROUP_ROWS}`)
    .optional()
    .describe('Maximum rows per row group; default: about 16 MB of rows'),
});

/** Omits options that were not set. */
export const parquetOptions = given.transform(({ row_group_rows: rows, ...options }) => ({
  ...options,
  ...(rows === undefined ? {} : { row_group_rows: rows }),
}));

/** Parses a job's stored options, which may be older than some of these options. */
export const parquetSettings = (options: FormatOptions): z.output<typeof parquetOptions> =>
  parquetOptions.parse(options);
