import { ACCOUNT } from '../datasets/account.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { ServiceError } from '../errors.js';
import {
  checkExportRequest,
  withRecipient,
  type CheckedRequest,
  type UncheckedRequest,
  type When,
} from '../request/request.js';
import { type RequestSchema } from '../request/request-schema.js';
import type { RecipientRule } from '../mails/recipient.js';

/**
 * The request of a schedule: like that of `POST /v1/exports`, but relative date ranges count from the time a run was
 * due, in the timezone of the schedule, which is also the default for the export. It is stored as sent, and validated by
 * the same rules when the schedule is created and at every run, against the datasets at that time.
 */

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Who may receive the mails of a run. */
export interface Recipients {
  /** The address in the token that created the schedule. */
  readonly email: string | undefined;
  readonly recipientRule: RecipientRule;
}

/** @param schema of the same registry */
export function checkScheduledRequest(
  body: unknown,
  when: Required<When>,
  schema: RequestSchema,
  registry: DatasetRegistry,
): CheckedRequest {
  if (!isObject(body)) return checkExportRequest(body, schema, registry, when);
  const { options = {} } = body;
  const zoned = isObject(options) ? { timezone: when.timezone, ...options } : options;
  return checkExportRequest({ ...body, options: zoned }, schema, registry, when);
}

/**
 * @throws ServiceError SCHEDULE_OUTDATED if the request is no longer valid, DATASET_UNAVAILABLE if this worker lacks its
 * dataset
 */
export function requestOfRun(
  body: Json,
  { email, recipientRule, ...when }: Required<When> & Recipients,
  schema: RequestSchema,
  registry: DatasetRegistry,
): UncheckedRequest {
  const type = String(body.type);
  if (type !== ACCOUNT && !registry.has(type)) {
    throw new ServiceError('DATASET_UNAVAILABLE', `This worker has no dataset ${type}.`);
  }
  const parsed = checkScheduledRequest(body, when, schema, registry);
  const checked = 'request' in parsed ? withRecipient(parsed.request, email, recipientRule) : parsed;
  if ('value' in checked) return checked.value;
  const sentence = checked.problems.map(({ pointer, detail }) => `${pointer || 'it'} ${detail}`).join('; ');
  throw new ServiceError('SCHEDULE_OUTDATED', `The schedule's request is no longer valid: ${sentence}.`);
}
