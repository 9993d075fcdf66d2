import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ExportRequest, RangeFilter, Scalar } from '../contract.js';
import { ACCOUNT, accountDatasets } from '../datasets/account.js';
import {
  columnNames,
  shownColumns,
  type ColumnType,
  type Dataset,
  type FilterDefinition,
} from '../datasets/define-dataset.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { valueSchema } from '../datasets/value-schema.js';
import { isBefore, valueProblem } from '../datasets/values.js';
import { fieldProblems, validationFailed, type FieldProblem } from './field-problems.js';
import { defaultColumns } from '../formats/default-columns.js';
import { BUNDLE_FORMATS, FORMATS } from '../formats/index.js';
import { askedEmail, recipientOf, type AskedEmail, type RecipientRule } from '../mails/recipient.js';
import { createAddressRule, type AddressRule } from '../network/address-rule.js';
import { webhookUrlSchema } from '../webhooks/url.js';

/** Validates requests, with schemas made from the registries. */

const MAX_LIST = 1000;

const scalarOf = (type: ColumnType) =>
  z
    .union([z.string(), z.number(), z.boolean()], { error: 'must be a string, a number or a boolean' })
    .superRefine((value, context) => {
      const problem = valueProblem(value, type);
      // Stop here: checks of the whole list or range need valid values.
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, continue: false });
    })
    .meta(valueSchema(type));

function dateRange(type: ColumnType) {
  const bound = scalarOf(type);
  return z
    .tuple([bound, bound], { error: 'must be two dates: the first day, and the day after the last' })
    .refine(([from, to]) => isBefore(from, to, type) !== false, 'must have its start before its end');
}

function range(type: ColumnType) {
  const bound = scalarOf(type).optional();
  return z
    .strictObject({ gt: bound, gte: bound, lt: bound, lte: bound })
    .refine((value) => Object.values(value).some((scalar) => scalar !== undefined), 'must have gt, gte, lt or lte')
    .refine(({ gt, gte, lt, lte }) => {
      const [low, high] = [gt ?? gte, lt ?? lte];
      return low === undefined || high === undefined || isBefore(high, low, type) !== true;
    }, 'must have its start before its end')
    .transform((value) => value as RangeFilter)
    .meta({ minProperties: 1 });
}

function oneOf(type: ColumnType, values: readonly string[] | undefined) {
  const item = values === undefined ? scalarOf(type) : z.enum(values, { error: `must be one of ${values.join(', ')}` });
  return z
    .array(item as z.ZodType<Scalar>, { error: 'must be a list of values' })
    .min(1, 'must have at least one value')
    .max(MAX_LIST, `must have at most ${MAX_LIST} values`);
}

function filterSchema(filter: FilterDefinition, type: ColumnType) {
  switch (filter.kind) {
    case 'date_range':
      return dateRange(type);
    case 'range':
      return range(type);
    case 'one_of':
      return oneOf(type, filter.values);
    case 'equals':
      return scalarOf(type);
    case 'contains':
      return scalarOf(type)
        .refine((text) => text !== '', 'must not be empty')
        .meta({ ...valueSchema(type), minLength: 1 });
    case 'is_null':
      return z.boolean({ error: 'must be true or false' });
  }
}

const formatSchema = (names: readonly string[]) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') })
    .toUpperCase()
    .pipe(z.enum(names, { error: `must be one of ${names.join(', ')}` }));
const formatOptions = z.record(z.string(), z.unknown(), { error: 'must be an object' }).default({});

function notifySchema(webhookRule: AddressRule) {
  return z
    .strictObject({
      email: askedEmail
        .optional()
        .describe(
          "Default: your token's address, if it has one. True: the same, but a 400 if it has none. False: no email.",
        ),
      webhook_url: webhookUrlSchema(webhookRule).optional(),
    })
    .default({});
}
type NotifySchema = ReturnType<typeof notifySchema>;

function datasetSchema(dataset: Dataset, notify: NotifySchema) {
  const names = columnNames(dataset);
  const filters = Object.entries(dataset.filters ?? {}).map(([name, filter]) => {
    const type = dataset.columns[filter.column]?.type ?? 'text';
    return [name, filterSchema(filter, type).optional()] as const;
  });
  return z.strictObject({
    type: z.literal(dataset.name),
    format: formatSchema([...FORMATS.keys()]),
    columns: z
      .array(z.enum(names, { error: `must be one of ${names.join(', ')}` }), {
        error: 'must be a list of column names',
      })
      .min(1, 'must have at least one column')
      .max(names.length, `must have at most ${names.length} columns`)
      .refine((columns) => new Set(columns).size === columns.length, 'must not have a column twice')
      .meta({ uniqueItems: true })
      .optional()
      .describe('In file order. Default: all; PDF leaves out columns of type uuid'),
    filters: z.strictObject(Object.fromEntries(filters)).default({}),
    options: formatOptions,
    notify,
  });
}

const EVERYTHING = "can't be set for account exports, which contain everything";
function accountSchema(notify: NotifySchema) {
  return z.strictObject({
    type: z.literal(ACCOUNT),
    format: formatSchema(BUNDLE_FORMATS),
    columns: z.undefined({ error: EVERYTHING }).optional(),
    filters: z.undefined({ error: EVERYTHING }).optional(),
    options: formatOptions,
    notify,
  });
}

/**
 * @param webhookRule which addresses `notify.webhook_url` may use; default: public ones
 * @see parseExportRequest
 */
export function createRequestSchema(registry: DatasetRegistry, webhookRule = createAddressRule([])) {
  const notify = notifySchema(webhookRule);
  const account = accountDatasets(registry).length > 0 ? [accountSchema(notify)] : [];
  const types = [...registry.keys(), ...account.map(() => ACCOUNT)];
  const [first, ...rest] = [...registry.values()].map((dataset) => datasetSchema(dataset, notify));
  if (first === undefined) throw new RangeError('There are no datasets.');
  return z.discriminatedUnion('type', [first, ...rest, ...account], {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && !Array.isArray(input)
        ? `${'type' in input ? '' : 'is required and '}must be one of ${types.join(', ')}`
        : 'must be a JSON object',
  });
}
export type RequestSchema = ReturnType<typeof createRequestSchema>;

/** A request whose mail recipient has not been decided yet. */
export interface AskedRequest extends Omit<ExportRequest, 'notify'> {
  readonly notify: { readonly email?: AskedEmail; readonly webhook_url?: string };
}

type Checked = { readonly request: AskedRequest } | { readonly problems: readonly FieldProblem[] };

/**
 * Checks a body against the registries and fills in every default.
 * @param schema of the same registry
 * @throws ServiceError VALIDATION_FAILED with a JSON pointer per field
 */
export function parseExportRequest(body: unknown, schema: RequestSchema, registry: DatasetRegistry): AskedRequest {
  const checked = checkExportRequest(body, schema, registry);
  if ('request' in checked) return checked.request;
  throw validationFailed(checked.problems);
}

const asked = z.looseObject({
  format: z.string().catch(''),
  options: z.record(z.string(), z.unknown()).catch({}),
});

/** The format and options of an unchecked body; empty where they have the wrong type. */
function optionsOf(body: unknown): { readonly format: string; readonly options: unknown } {
  const { data } = asked.safeParse(body);
  return { format: data?.format.toUpperCase() ?? '', options: data?.options ?? {} };
}

/** @see parseExportRequest */
export function checkExportRequest(body: unknown, schema: RequestSchema, registry: DatasetRegistry): Checked {
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
  const misfit = dataset && format?.columnsProblem?.(shownColumns(dataset, columns), options.data);
  if (typeof misfit === 'string') return { problems: [{ pointer: '/columns', detail: misfit }] };
  const set = Object.entries(filters).filter(([, value]) => value !== undefined);
  const request: AskedRequest = {
    type,
    format: name,
    columns,
    filters: Object.fromEntries(set) as ExportRequest['filters'],
    options: options.data,
    notify: {
      ...(notify.email === undefined ? {} : { email: notify.email }),
      ...(notify.webhook_url === undefined ? {} : { webhook_url: notify.webhook_url }),
    },
  };
  return { request };
}

/**
 * The request with the address that its mails go to, or without one if nobody gets mail.
 * @param own the token's address
 */
export function withRecipient(
  { notify, ...asked }: AskedRequest,
  own: string | undefined,
  rule: RecipientRule,
): { readonly request: ExportRequest } | { readonly problems: readonly FieldProblem[] } {
  const recipient = recipientOf(notify.email, own, rule);
  if ('problem' in recipient) return { problems: [{ pointer: '/notify/email', detail: recipient.problem }] };
  const { email } = recipient;
  const { webhook_url: webhookUrl } = notify;
  return {
    request: {
      ...asked,
      notify: {
        ...(email === undefined ? {} : { email }),
        ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }),
      },
    },
  };
}

/** A hash that doesn't depend on the order of keys. */
export function hashRequest(request: AskedRequest): string {
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sorted(item)]),
        )
      : value;
  return createHash('sha256')
    .update(JSON.stringify(sorted(request)))
    .digest('hex');
}
