import { z } from 'zod';
import { SHOWN_STATUSES } from '../contract.js';

const PARAMETER_LOCATIONS = ['path', 'query', 'header'] as const;
export type ParameterLocation = (typeof PARAMETER_LOCATIONS)[number];

const detail = z.string().describe('What is wrong: the end of a sentence that begins with the field or parameter');

const fieldProblemSchema = z
  .strictObject({ pointer: z.string().describe('JSON pointer (RFC 6901); empty for the body itself'), detail })
  .meta({ id: 'FieldProblem', description: 'A problem in the body' });
const parameterProblemSchema = z
  .strictObject({ parameter: z.string().describe('Its name'), in: z.enum(PARAMETER_LOCATIONS), detail })
  .meta({ id: 'ParameterProblem', description: 'A problem of a parameter' });

/** An error as clients see it: RFC 9457. */
export const problemSchema = z
  .looseObject({
    type: z.url().describe('The page about this error; programs use `code`'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('A human-readable explanation'),
    code: z.string().describe('A stable code for programs'),
    request_id: z.string().describe('The id to search the logs for'),
    errors: z
      .array(z.union([fieldProblemSchema, parameterProblemSchema]))
      .optional()
      .describe('One entry per invalid field or parameter, all of a request together (at most 20)'),
    active_job_ids: z.array(z.guid()).optional().describe('The active exports that use up the limit'),
    job_id: z.guid().optional().describe('The export concerned'),
    status_of_job: z.enum(SHOWN_STATUSES).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
export type Problem = z.infer<typeof problemSchema>;
