import { z } from 'zod';
import { SHOWN_STATUSES } from '../contract.js';

/** An error as clients see it: RFC 9457. */
export const problemSchema = z
  .looseObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('A sentence for people'),
    code: z.string().describe('Stable: what programs decide by'),
    request_id: z.string().describe('What the log has it under'),
    errors: z
      .array(z.strictObject({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe('One for each field that is wrong: a JSON pointer into the body, or query/…, path/…, header/…'),
    active_job_ids: z.array(z.guid()).optional().describe('The exports that are in the way'),
    job_id: z.guid().optional().describe('The export that it is about'),
    status_of_job: z.enum(SHOWN_STATUSES).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
export type Problem = z.infer<typeof problemSchema>;
