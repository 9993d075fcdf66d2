import { z } from 'zod';
import type { UserRef } from '../../shared/contract.js';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { fieldProblems, problemsOf, type Checked, type FieldProblem } from '../../shared/request/field-problems.js';
import { recipientProblems, withRecipient, type UncheckedRequest } from '../../shared/request/request.js';
import type { RequestSchema } from '../../shared/request/request-schema.js';
import type { ScheduleDefinition } from '../../shared/schedules/contract.js';
import { CronError, parseCron } from '../../shared/schedules/cron.js';
import { definitionSchema } from '../../shared/schedules/definition.js';
import { checkScheduledRequest, type Recipients } from '../../shared/schedules/scheduled-request.js';
import { requestFor } from '../../shared/saved-exports/request-for.js';
import type { SavedExportStore } from '../../shared/saved-exports/store.js';
import { hashOfJson } from '../../shared/text/hash-of-json.js';
import { storedRequest } from '../exports/owner-for.js';
import type { TimeZones } from '../exports/time-zones.js';

interface Rules {
  readonly schema: RequestSchema;
  readonly registry: DatasetRegistry;
  readonly timeZones: TimeZones;
  readonly savedExports: SavedExportStore;
  readonly owner: UserRef;
  readonly minSeconds: number;
  readonly recipients: Recipients;
}

export interface ParsedSchedule {
  readonly definition: ScheduleDefinition;
  /** A hash of the definition as sent: the database's spelling of a timezone may change between two attempts. */
  readonly requestHash: string;
  /** The request of its exports as of now, for the permission check. */
  readonly request: UncheckedRequest;
  /** The user whom its exports are made for, if the request names one. */
  readonly onBehalfOf: string | undefined;
}

/** Checks a schedule's body; its request is checked as if it ran now. */
export async function checkSchedule(body: unknown, rules: Rules): Promise<Checked<ParsedSchedule>> {
  const { data: definition, error } = definitionSchema.safeParse(body);
  const { data: readable } = lenient.safeParse(body);
  if (readable === undefined) return { problems: error === undefined ? [] : fieldProblems(error) };
  const { timezone } = readable;
  const { request, problems: ofSource } = await requestOf(readable, rules);
  const { valid, onBehalfOf, ofRequest, zoneOfRequest } = checkRequest(request, timezone, rules);
  const ofFields = error === undefined ? [] : fieldProblems(error);
  const problems = [...ofFields, ...ofSource, ...timeProblems(readable, ofFields, rules.minSeconds), ...ofRequest];
  if (definition === undefined || request === undefined || valid === undefined || problems.length > 0) {
    const fields = { '/timezone': timezone, '/request/options/timezone': zoneOfRequest };
    return { problems: [...problems, ...problemsOf(await rules.timeZones.ofFields(fields))] };
  }
  const kept = definition.saved_export_id === undefined ? request : referenceTo(request);
  const zoned = await rules.timeZones.ofSchedule({ ...definition, request: storedRequest(kept, onBehalfOf) });
  if ('problems' in zoned) return zoned;
  const requestHash = hashOfJson(definition);
  return { value: { definition: zoned.value, requestHash, request: valid, onBehalfOf } };
}

const { shape } = definitionSchema;
/** The valid fields of a body that is an object. */
const lenient = z.looseObject({
  cron: shape.cron.catch(undefined),
  every_seconds: shape.every_seconds.catch(undefined),
  timezone: shape.timezone.catch('UTC'),
  ends_at: shape.ends_at.catch(undefined),
  request: shape.request.catch(undefined),
  saved_export_id: shape.saved_export_id.catch(undefined),
});
type Readable = z.output<typeof lenient>;

/** The schedule's own request, or that of its saved export; undefined if it has neither. */
async function requestOf(
  { request, saved_export_id: id }: Readable,
  { savedExports, owner }: Rules,
): Promise<{ readonly request: Readable['request']; readonly problems: readonly FieldProblem[] }> {
  if (id === undefined) {
    return { request, problems: request === undefined ? [{ pointer: '/request', detail: ONE_REQUEST }] : [] };
  }
  if (request !== undefined) return { request, problems: [{ pointer: '/saved_export_id', detail: ONE_REQUEST }] };
  const saved = await savedExports.find(owner, id);
  if (saved !== null) return { request: requestFor(saved, owner), problems: [] };
  return { request, problems: [{ pointer: '/saved_export_id', detail: 'is not a saved export that you can see' }] };
}

/**
 * The part of a saved export's request that a schedule stores: which export it makes, and whom it notifies if the saved
 * export is gone. Filters, names and columns stay with the saved export's owner, who may delete it or stop
 * sharing it.
 */
function referenceTo({ type, format, notify }: NonNullable<Readable['request']>): NonNullable<Readable['request']> {
  return { type, format, ...(notify === undefined ? {} : { notify }) };
}

const ONE_REQUEST = 'set either request or saved_export_id';

interface CheckedPart {
  /** Undefined if the request isn't valid. */
  readonly valid: UncheckedRequest | undefined;
  readonly onBehalfOf?: string | undefined;
  readonly ofRequest: readonly FieldProblem[];
  /** The timezone in the request's options; undefined if it is absent or malformed. */
  readonly zoneOfRequest: string | undefined;
}

function checkRequest(
  request: Readable['request'],
  timezone: string,
  { schema, registry, recipients: { email, recipientRule } }: Rules,
): CheckedPart {
  if (request === undefined) return { valid: undefined, ofRequest: [], zoneOfRequest: undefined };
  const parsed = checkScheduledRequest(request, { at: new Date(), timezone }, schema, registry);
  const zoneOfRequest = ownZone.parse(request).options.timezone;
  if ('request' in parsed) {
    const addressed = withRecipient(parsed.request, email, recipientRule);
    const whole = 'value' in addressed ? addressed.value : undefined;
    const { onBehalfOf } = parsed.request;
    return { valid: whole, onBehalfOf, ofRequest: problemsOf(addressed).map(inRequest), zoneOfRequest };
  }
  const { valid, problems } = parsed;
  const all = [...problems, ...recipientProblems(valid.notify, email, recipientRule)].map(inRequest);
  return { valid: undefined, ofRequest: all, zoneOfRequest: valid.timezone === undefined ? undefined : zoneOfRequest };
}

const ownZone = z.looseObject({
  options: z.looseObject({ timezone: z.string().optional().catch(undefined) }).catch({ timezone: undefined }),
});

const inRequest = ({ pointer, detail }: FieldProblem): FieldProblem => ({ pointer: `/request${pointer}`, detail });

/** @param known problems of the fields themselves, which are not reported again */
function timeProblems(
  { cron, every_seconds: seconds, ends_at: end }: Readable,
  known: readonly FieldProblem[],
  min: number,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (seconds !== undefined && seconds < min) {
    problems.push({ pointer: '/every_seconds', detail: `must be at least ${min}` });
  }
  const isUnset = cron === undefined && seconds === undefined;
  const areValid = !known.some(({ pointer }) => pointer === '/cron' || pointer === '/every_seconds');
  if (isUnset && areValid) problems.push({ pointer: '/cron', detail: BY_ONE });
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
