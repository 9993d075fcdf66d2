import { z } from 'zod';

/** What an export would be, as clients see it. */
export const estimateSchema = z.strictObject({
  rows: z.int().min(0),
  rows_are: z
    .enum(['exact', 'estimated'])
    .describe("estimated: the planner's guess; counting took longer than a second"),
  bytes: z.int().min(0).nullable(),
  seconds: z.number().min(0).nullable(),
  based_on: z
    .int()
    .min(0)
    .describe('Recent exports of the same dataset and format that bytes and seconds are taken from'),
  reason: z.string().nullable().describe('Why bytes or seconds are null'),
});
export type Estimate = z.infer<typeof estimateSchema>;
