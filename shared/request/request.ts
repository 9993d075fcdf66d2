import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ExportRequest } from '../contract.js';
import { ACCOUNT } from '../datasets/account.js';
import type { Dataset } from '../datasets/define-dataset.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { columnProblems } from './column-schema.js';
import { fieldProblems, validationFailed, type FieldProblem } from './field-problems.js';
import { defaultColumns } from '../formats/default-columns.js';
import { FORMATS } from '../formats/index.js';
import { recipientOf, type EmailChoice, type RecipientRule } from '../mails/recipient.js';
import { isRelativeRange, resolveRange, type RelativeRange } from './relative-range.js';
import type { RequestSchema } from './request-schema.js';

/** Checks what a client asks for, and fills in every default. */

/** A request whose mail recipient has not been decided yet. */
export interface ParsedRequest extends Omit<ExportRequest, 'notify'> {
  readonly notify: { readonly email?: EmailChoice; readonly webhook_url?: string };
  /** The relative ranges as they were sent, by filter; `filters` has their days. */
  readonly relative?: Readonly<Record<string, RelativeRange>>;
}

/** What relative date ranges are counted from. */
export interface When {
  /** When the request arrived, or when a schedule's run was due. */
  readonly at: Date;
  /** By name. Default: the timezone of the export. */
  readonly timezone?: string;
}

type Checked = { readonly request: ParsedRequest } | { readonly problems: readonly FieldProblem[] };

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

const typeAndFormat = z.looseObject({
  format: z.string().catch(''),
  options: z.record(z.string(), z.unknown()).catch({}),
});

/** The format and options of an unchecked body; empty where they have the wrong type. */
function optionsOf(body: unknown): { readonly format: string; readonly options: unknown } {
  const { data } = typeAndFormat.safeParse(body);
  return { format: data?.format.toUpperCase() ?? '', options: data?.options ?? {} };
}

/** @see parseExportRequest */
export function checkExportRequest(
  body: unknown,
  schema: RequestSchema,
  registry: DatasetRegistry,
  when: When,
): Checked {
  const result = schema.safeParse(body);
  // Checked even if other fields are invalid, so that clients see all problems together.
  const { format: name, options: given } = optionsOf(body);
  const format = FORMATS.get(name);
  const options = format?.options.safeParse(given);
  const inOptions = options?.success === false ? fieldProblems(options.error, ['options']) : [];
  if (!result.success) return { problems: [...fieldProblems(result.error), ...inOptions] };
  if (options?.success !== true) return { problems: inOptions };
  const { type, filters = {}, notify } = result.data;
  if (type === ACCOUNT && (options.data.compression ?? 'none') !== 'none') {
    const detail = "can't be set for account exports, which are always compressed";
    return { problems: [{ pointer: '/options/compression', detail }] };
  }
  const dataset = registry.get(type);
  const columns = result.data.columns ?? (dataset && format ? defaultColumns(dataset, format) : []);
  const misfits = dataset && format ? columnProblems(columns, dataset, format, options.data) : [];
  if (misfits.length > 0) return { problems: misfits };
  const request: ParsedRequest = {
    type,
    format: name,
    columns,
    ...resolveFilters(filters, dataset, { timezone: String(options.data.timezone ?? 'UTC'), ...when }),
    options: options.data,
    notify: {
      ...(notify.email === undefined ? {} : { email: notify.email }),
      ...(notify.webhook_url === undefined ? {} : { webhook_url: notify.webhook_url }),
    },
  };
  return { request };
}

/** The filters that are set, with days in place of relative ranges. */
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
  { notify, relative: _, ...request }: ParsedRequest,
  own: string | undefined,
  rule: RecipientRule,
): { readonly request: ExportRequest } | { readonly problems: readonly FieldProblem[] } {
  const recipient = recipientOf(notify.email, own, rule);
  if ('problem' in recipient) return { problems: [{ pointer: '/notify/email', detail: recipient.problem }] };
  const { email } = recipient;
  const { webhook_url: webhookUrl } = notify;
  return {
    request: {
      ...request,
      notify: {
        ...(email === undefined ? {} : { email }),
        ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }),
      },
    },
  };
}

/**
 * A hash of the request as it was sent: it doesn't depend on the order of keys, nor on the day on which a relative range
 * is resolved.
 */
export function hashRequest({ relative, ...request }: ParsedRequest): string {
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sorted(item)]),
        )
      : value;
  return createHash('sha256')
    .update(JSON.stringify(sorted({ ...request, filters: { ...request.filters, ...relative } })))
    .digest('hex');
}
