import { z } from 'zod';
import type { ExportRequest } from '../contract.js';
import { ACCOUNT } from '../datasets/account.js';
import type { Dataset } from '../datasets/define-dataset.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { columnProblems } from './column-schema.js';
import { fieldProblems, validationFailed, type Checked, type FieldProblem } from './field-problems.js';
import { defaultColumns } from '../formats/default-columns.js';
import { isGzip } from '../formats/file-kind.js';
import { FORMATS } from '../formats/index.js';
import { recipientOf, type EmailChoice, type RecipientRule } from '../mails/recipient.js';
import { withPlaces } from './misplaced-fields.js';
import { isRelativeRange, resolveRange, type RelativeRange } from './relative-range.js';
import { hashOfJson } from '../text/hash-of-json.js';
import { createCommonSchema, type RequestSchema } from './request-schema.js';

/** Checks what a client asks for, and fills in every default. */

/** A request whose mail recipient has not been decided yet. */
export interface ParsedRequest extends Omit<ExportRequest, 'notify'> {
  readonly notify: { readonly email?: EmailChoice; readonly webhook_url?: string };
  /** The user whom the export is made for, if that isn't the caller. */
  readonly onBehalfOf?: string;
  /** The relative ranges as they were sent, by filter; `filters` has their days. */
  readonly relative?: Readonly<Record<string, RelativeRange>>;
  /** The request names no columns: `columns` are the default ones, including any that the caller may not have. */
  readonly namesNoColumns?: true;
}

/** What relative date ranges are counted from. */
export interface When {
  /** When the request arrived, or when a schedule's run was due. */
  readonly at: Date;
  /** By name. Default: the timezone of the export. */
  readonly timezone?: string;
}

/** A request whose caller's rights have not been checked yet: see permitted-request.ts. */
export type UncheckedRequest = ExportRequest & Pick<ParsedRequest, 'namesNoColumns'>;

/** A valid request; or its problems, and the valid parts that can be checked further. */
export type CheckedRequest =
  | { readonly request: ParsedRequest }
  | { readonly problems: readonly FieldProblem[]; readonly valid: Readonly<ValidParts> };

interface ValidParts {
  readonly timezone?: string;
  readonly notify?: ParsedRequest['notify'];
}

/**
 * Checks a body against the registries and fills in every default.
 * @param schema of the same registry
 * @throws ServiceError VALIDATION_FAILED with a JSON pointer per field
 */
export function parseExportRequest(body: unknown, schema: RequestSchema, registry: DatasetRegistry): ParsedRequest {
  const checked = checkExportRequest(body, schema, registry, { at: new Date() });
  if ('request' in checked) return checked.request;
  throw validationFailed(checked.problems);
}

const columnChoice = z.union([z.string(), z.looseObject({ name: z.string(), as: z.string() })]);
const readable = z
  .looseObject({
    type: z.string().catch(''),
    format: z.string().catch(''),
    columns: z.array(columnChoice).optional().catch(undefined),
    options: z.record(z.string(), z.unknown()).catch({}),
    notify: z.unknown().optional(),
  })
  .catch({ type: '', format: '', columns: undefined, options: {}, notify: undefined });

/** @see parseExportRequest */
export function checkExportRequest(
  body: unknown,
  schema: RequestSchema,
  registry: DatasetRegistry,
  when: When,
): CheckedRequest {
  const result = schema.safeParse(body);
  // Everything is checked even if other fields are invalid, so that clients see all problems together.
  const read = readable.parse(body);
  const format = FORMATS.get(read.format.toUpperCase());
  const options = format?.options.safeParse(read.options);
  const dataset = registry.get(read.type);
  const problems = [
    ...(result.success ? [] : withPlaces(schemaProblems(result.error, body, schema), { format, dataset }, schema)),
    ...(options?.success === false ? fieldProblems(options.error, ['options']) : []),
  ];
  const columns = read.columns ?? (dataset && format ? defaultColumns(dataset, format) : []);
  if (options?.success === true) {
    if (read.type === ACCOUNT && format !== undefined && isGzip(format, options.data)) {
      const detail = "can't be set for account exports, which are always compressed";
      problems.push({ pointer: '/options/compression', detail });
    }
    if (dataset && format && !problems.some(isInColumns)) {
      problems.push(...columnProblems(columns, dataset, format, options.data));
    }
  }
  if (!result.success || options?.success !== true || problems.length > 0) {
    return { problems, valid: validParts(read, problems, schema) };
  }
  const { type, name, filters = {}, sort, notify, on_behalf_of: onBehalfOf } = result.data;
  return {
    request: {
      type,
      format: read.format.toUpperCase(),
      ...(name === undefined ? {} : { name }),
      columns,
      ...(result.data.columns === undefined && dataset !== undefined ? { namesNoColumns: true } : {}),
      ...resolveFilters(filters, dataset, { timezone: String(options.data.timezone ?? 'UTC'), ...when }),
      ...(sort === undefined ? {} : { sort }),
      options: options.data,
      notify: withoutUndefined(notify),
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    },
  };
}

const isInColumns = ({ pointer }: FieldProblem): boolean => /^\/columns(\/|$)/.test(pointer);

/** The schema's problems. An unknown type says nothing about the other fields, so they are checked without it. */
function schemaProblems(error: z.ZodError, body: unknown, schema: RequestSchema): FieldProblem[] {
  const isTypeUnknown = error.issues.some(({ path }) => path.length === 1 && path[0] === 'type');
  const others = isTypeUnknown ? createCommonSchema(schema).safeParse(body).error : undefined;
  return [...fieldProblems(error), ...(others === undefined ? [] : fieldProblems(others))];
}

function validParts(
  { options, notify }: z.output<typeof readable>,
  problems: readonly FieldProblem[],
  schema: RequestSchema,
): ValidParts {
  const { timezone } = options;
  const isZone = typeof timezone === 'string' && !problems.some(({ pointer }) => pointer === '/options/timezone');
  const { data } = schema.options[0].shape.notify.safeParse(notify);
  return {
    ...(isZone ? { timezone } : {}),
    ...(data === undefined ? {} : { notify: withoutUndefined(data) }),
  };
}

function withoutUndefined<Email>({
  email,
  webhook_url: webhookUrl,
}: {
  readonly email?: Email | undefined;
  readonly webhook_url?: string | undefined;
}): { readonly email?: Email; readonly webhook_url?: string } {
  return {
    ...(email === undefined ? {} : { email }),
    ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }),
  };
}

/** The filters that are set, with days instead of relative ranges. */
function resolveFilters(
  given: Readonly<Record<string, unknown>>,
  dataset: Dataset | undefined,
  { at, timezone }: Required<When>,
): Pick<ParsedRequest, 'filters' | 'relative'> {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const relative = set.flatMap(([name, value]) =>
    dataset?.filters?.[name]?.kind === 'date_range' && isRelativeRange(value) ? [[name, value] as const] : [],
  );
  const days = relative.map(([name, range]) => [name, resolveRange(range, at, timezone)] as const);
  return {
    filters: { ...Object.fromEntries(set), ...Object.fromEntries(days) } as ExportRequest['filters'],
    ...(relative.length === 0 ? {} : { relative: Object.fromEntries(relative) }),
  };
}

/**
 * The request with the address that its mails go to, or without one if nobody gets mail.
 * @param own the token's address
 */
export function withRecipient(
  { notify, relative: _, onBehalfOf: _other, ...request }: ParsedRequest,
  own: string | undefined,
  rule: RecipientRule,
): Checked<UncheckedRequest> {
  const recipient = recipientOf(notify.email, own, rule);
  if ('problem' in recipient) return { problems: [{ pointer: '/notify/email', detail: recipient.problem }] };
  return { value: { ...request, notify: withoutUndefined({ ...notify, email: recipient.email }) } };
}

/** What is wrong with the recipient of a request that may be invalid in other ways, too. */
export function recipientProblems(
  notify: ParsedRequest['notify'] | undefined,
  own: string | undefined,
  rule: RecipientRule,
): FieldProblem[] {
  const recipient = recipientOf(notify?.email, own, rule);
  return 'problem' in recipient ? [{ pointer: '/notify/email', detail: recipient.problem }] : [];
}

/**
 * A hash of the request as it was sent: it doesn't depend on the order of keys, nor on the day on which a relative
 * range is resolved.
 */
export function hashRequest({ relative, ...request }: ParsedRequest): string {
  return hashOfJson({ ...request, filters: { ...request.filters, ...relative } });
}
