import { z } from 'zod';
import { timezone } from '../formats/common-options.js';
import { exportName } from '../request/line-schema.js';
import { OVERLAPS } from './contract.js';

/** A schedule as its user writes it. */
export const definitionSchema = z.strictObject({
  name: exportName.describe('Its exports have this name, unless the request or the saved export has another'),
  cron: z
    .string({ error: 'must have five fields, such as 0 6 1 * *' })
    .max(200, 'must be at most 200 characters')
    .optional()
    .describe('Five fields, such as `0 6 1 * *`, in the timezone of the schedule. Set either this or `every_seconds`'),
  every_seconds: z
    .int({ error: 'must be a whole number of seconds' })
    .min(1, 'must be at least 1')
    .max(366 * 86_400, 'must be at most a year')
    .optional()
    .describe('Aligned to the Unix epoch, so that runs start at round times'),
  timezone: timezone.describe('Timezone of `cron`, of relative ranges, and of the export unless its options set one'),
  overlap: z
    .enum(OVERLAPS, { error: `must be one of ${OVERLAPS.join(', ')}` })
    .default('skip')
    .describe(
      'If the previous run is still active: `skip` the new one, run it afterwards (`buffer_one`, at most one), or cancel the previous one',
    ),
  ends_at: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-01-31T13:45:00Z' })
    .optional()
    .describe('No run starts after this time'),
  request: z
    .record(z.string(), z.unknown(), { error: 'must be an object' })
    .optional()
    .describe('Set either this or `saved_export_id`'),
  saved_export_id: z
    .guid({ error: 'must be a UUID' })
    .toLowerCase()
    .optional()
    .describe('A saved export whose request each run uses, as it is then'),
});
