import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { fieldProblems, validationFailed, type FieldProblem } from '../../shared/request/field-problems.js';
import { withRecipient } from '../../shared/request/request.js';
import { type RequestSchema } from '../../shared/request/request-schema.js';
import type { ScheduleDefinition } from '../../shared/schedules/contract.js';
import { CronError, parseCron } from '../../shared/schedules/cron.js';
import { definitionSchema } from '../../shared/schedules/definition.js';
import { checkScheduledRequest, type Recipients } from '../../shared/schedules/scheduled-request.js';

interface Rules {
  readonly schema: RequestSchema;
  readonly registry: DatasetRegistry;
  readonly minSeconds: number;
  readonly recipients: Recipients;
}

export interface ParsedSchedule {
  readonly definition: ScheduleDefinition;
  /** The dataset of its exports, for the permission check. */
  readonly type: string;
}

/** @throws ServiceError VALIDATION_FAILED with a pointer for each invalid field, including those of the request */
export function parseSchedule(body: unknown, { minSeconds, ...rules }: Rules): ParsedSchedule {
  const { data: definition, error } = definitionSchema.safeParse(body);
  if (error !== undefined) {
    const ofRequest = requestIn(body).flatMap((request) => checkRequest(request, 'UTC', rules).problems);
    throw validationFailed([...fieldProblems(error), ...ofRequest]);
  }
  const { type, problems } = checkRequest(definition.request, definition.timezone, rules);
  const all = [...timeProblems(definition, minSeconds), ...problems];
  if (all.length > 0) throw validationFailed(all);
  return { definition, type };
}

/** Reports problems of the request even if the fields around it are invalid, too. */
const requestIn = (body: unknown): unknown[] =>
  typeof body === 'object' && body !== null && 'request' in body && typeof body.request === 'object'
    ? [body.request]
    : [];

function checkRequest(
  request: unknown,
  timezone: string,
  { schema, registry, recipients }: Omit<Rules, 'minSeconds'>,
): { readonly type: string; readonly problems: readonly FieldProblem[] } {
  const parsed = checkScheduledRequest(request, { at: new Date(), timezone }, schema, registry);
  const checked =
    'request' in parsed ? withRecipient(parsed.request, recipients.email, recipients.recipientRule) : parsed;
  if ('request' in checked) return { type: checked.request.type, problems: [] };
  const problems = checked.problems.map(({ pointer, detail }) => ({ pointer: `/request${pointer}`, detail }));
  return { type: '', problems };
}

function timeProblems({ cron, every_seconds: seconds, ends_at: end }: ScheduleDefinition, min: number): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (seconds !== undefined && seconds < min) {
    problems.push({ pointer: '/every_seconds', detail: `must be at least ${min}` });
  }
  if (cron === undefined && seconds === undefined) problems.push({ pointer: '/cron', detail: BY_ONE });
  if (cron !== undefined) {
    const detail = seconds === undefined ? cronProblem(cron, min) : BY_ONE;
    if (detail !== null) problems.push({ pointer: '/cron', detail });
  }
  if (end !== undefined && Date.parse(end) <= Date.now()) {
    problems.push({ pointer: '/ends_at', detail: 'must be in the future' });
  }
  return problems;
}

const BY_ONE = 'set either cron or every_seconds, but not both';

function cronProblem(cron: string, min: number): string | null {
  try {
    return parseCron(cron).leastSeconds < min ? `must leave at least ${min} seconds between two runs` : null;
  } catch (error) {
    if (error instanceof CronError) return error.message;
    throw error;
  }
}
