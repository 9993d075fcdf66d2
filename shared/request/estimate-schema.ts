import { z } from 'zod';

/** An estimate of an export, as clients see it. */
export const estimateSchema = z
  .strictObject({
    rows: z.int().min(0),
    rows_are: z
      .enum(['exact', 'estimated'])
      .describe('estimated: counting took longer than a second, so this is an approximation'),
    bytes: z.int().min(0).nullable(),
    seconds: z.number().min(0).nullable(),
    based_on: z.int().min(0).describe('How many recent exports of this dataset and format the estimate is based on'),
    reason: z.string().nullable().describe('Why bytes or seconds are null'),
  })
  .meta({ id: 'Estimate' });
export type Estimate = z.infer<typeof estimateSchema>;
