import type { ExportRequest } from '../contract.js';
import { ACCOUNT } from '../datasets/account.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { ServiceError } from '../errors.js';
import type { FieldProblem } from '../request/field-problems.js';
import { checkExportRequest, withRecipient, type ParsedRequest } from '../request/request.js';
import { type RequestSchema } from '../request/request-schema.js';
import type { RecipientRule } from '../mails/recipient.js';
import { RELATIVE_RANGES, isRelativeRange, resolveRange } from './relative-range.js';

/**
 * The request of a schedule: like that of `POST /v1/exports`, but a `date_range` may be a relative one, and the default
 * timezone is the schedule's. It is stored as sent, and validated by the same rules when the schedule is created and at
 * every run, against the datasets at that time.
 */

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface When {
  /** When the run was due. */
  readonly at: Date;
  /** By name. */
  readonly timezone: string;
}

/** The token's own address, and which others are allowed. */
export interface Recipients {
  /** The address in the token that created the schedule. */
  readonly email: string | undefined;
  readonly recipientRule: RecipientRule;
}

type Checked = { readonly request: ParsedRequest } | { readonly problems: readonly FieldProblem[] };

/** @param schema of the same registry */
export function checkScheduledRequest(
  body: unknown,
  { at, timezone }: When,
  schema: RequestSchema,
  registry: DatasetRegistry,
): Checked {
  if (!isObject(body)) return checkExportRequest(body, schema, registry);
  const { filters, options = {} } = body;
  const given = isObject(filters) ? filters : {};
  const names = dateRangesOf(body.type, registry).filter((name) => typeof given[name] === 'string');
  const resolved = names.flatMap((name) => {
    const range = given[name];
    return isRelativeRange(range) ? [[name, resolveRange(range, at, timezone)] as const] : [];
  });
  const checked = checkExportRequest(
    {
      ...body,
      ...(resolved.length === 0 ? {} : { filters: { ...given, ...Object.fromEntries(resolved) } }),
      options: isObject(options) ? { timezone, ...options } : options,
    },
    schema,
    registry,
  );
  if ('request' in checked) return checked;
  const unknown = names.filter((name) => !isRelativeRange(given[name])).map((name) => `/filters/${name}`);
  return {
    problems: checked.problems.map((problem) =>
      unknown.includes(problem.pointer)
        ? { ...problem, detail: `must be two dates, or one of ${RELATIVE_RANGES.join(', ')}` }
        : problem,
    ),
  };
}

function dateRangesOf(type: unknown, registry: DatasetRegistry): string[] {
  const filters = (typeof type === 'string' ? registry.get(type)?.filters : undefined) ?? {};
  return Object.entries(filters).flatMap(([name, { kind }]) => (kind === 'date_range' ? [name] : []));
}

/** @throws ServiceError SCHEDULE_OUTDATED, DATASET_UNAVAILABLE if the request is no longer valid */
export function requestOfRun(
  body: Json,
  { email, recipientRule, ...when }: When & Recipients,
  schema: RequestSchema,
  registry: DatasetRegistry,
): ExportRequest {
  const type = String(body.type);
  if (type !== ACCOUNT && !registry.has(type)) {
    throw new ServiceError('DATASET_UNAVAILABLE', `This worker has no dataset ${type}.`);
  }
  const parsed = checkScheduledRequest(body, when, schema, registry);
  const checked = 'request' in parsed ? withRecipient(parsed.request, email, recipientRule) : parsed;
  if ('request' in checked) return checked.request;
  const sentence = checked.problems.map(({ pointer, detail }) => `${pointer || 'it'} ${detail}`).join('; ');
  throw new ServiceError('SCHEDULE_OUTDATED', `The schedule's request is no longer valid: ${sentence}.`);
}
