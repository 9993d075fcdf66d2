import { z } from 'zod';
import { SHOWN_STATUSES } from '../contract.js';

/** An error as clients see it: RFC 9457. */
export const problemSchema = z
  .looseObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('A human-readable explanation'),
    code: z.string().describe('A stable code for programs'),
    request_id: z.string().describe('The id to search the logs for'),
    errors: z
      .array(z.strictObject({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe('One entry per invalid field: a JSON pointer into the body, or query/…, path/…, header/…'),
    active_job_ids: z.array(z.guid()).optional().describe('The active exports that use up the limit'),
    job_id: z.guid().optional().describe('The export concerned'),
    status_of_job: z.enum(SHOWN_STATUSES).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
export type Problem = z.infer<typeof problemSchema>;
