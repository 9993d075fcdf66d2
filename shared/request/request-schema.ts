import { z } from 'zod';
import { ACCOUNT, accountDatasets } from '../datasets/account.js';
import type { Dataset } from '../datasets/define-dataset.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { sortChoices, sortNames } from '../datasets/sort.js';
import { BUNDLE_FORMATS, FORMATS } from '../formats/index.js';
import { emailChoice } from '../mails/recipient.js';
import { referenceSchema } from '../identity/reference-schema.js';
import { createAddressRule, type AddressRule } from '../network/address-rule.js';
import { webhookUrlSchema } from '../webhooks/url.js';
import { columnsSchema } from './column-schema.js';
import { filterSchema } from './filter-schema.js';
import { exportName } from './line-schema.js';

/** The schema of a request, made from the registries of datasets and formats. */

const formatSchema = (names: readonly string[]) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') })
    .toUpperCase()
    .pipe(z.enum(names, { error: `must be one of ${names.join(', ')}` }));
const described = { description: 'Upper or lower case; responses use upper case.' };
const exportFormat = formatSchema([...FORMATS.keys()]).meta({ id: 'ExportFormat', ...described });
const bundleFormat = formatSchema(BUNDLE_FORMATS).meta({ id: 'BundleFormat', ...described });
const formatOptions = z.record(z.string(), z.unknown(), { error: 'must be an object' }).default({});

const onBehalfOf = referenceSchema
  .optional()
  .describe(
    'The user of your organization whom the export is made for, and to whom it belongs. Needs the scope `exports:admin`. Default: you',
  );

function notifySchema(webhookRule: AddressRule) {
  return z
    .strictObject({
      email: emailChoice
        .optional()
        .describe(
          "Default: your token's address, if it has one. True: the same, but a 400 if it has none. False: no email.",
        ),
      webhook_url: webhookUrlSchema(webhookRule).optional(),
    })
    .meta({ id: 'Notify' })
    .default({});
}
type NotifySchema = ReturnType<typeof notifySchema>;

const nameSchema = exportName
  .optional()
  .describe('What you call the export: in lists, in the name of the file, and in emails');

function datasetSchema(dataset: Dataset, notify: NotifySchema) {
  const filters = Object.entries(dataset.filters ?? {}).map(([name, filter]) => {
    const type = dataset.columns[filter.column]?.type ?? 'text';
    return [name, filterSchema(filter, type).optional()] as const;
  });
  return z.strictObject({
    type: z.literal(dataset.name),
    format: exportFormat,
    name: nameSchema,
    columns: columnsSchema(dataset),
    filters: z.strictObject(Object.fromEntries(filters)).default({}),
    sort: sortSchema(dataset),
    options: formatOptions,
    notify,
    on_behalf_of: onBehalfOf,
  });
}

function sortSchema(dataset: Dataset): z.ZodType<string | undefined> {
  const choices = sortChoices(dataset);
  if (choices.length === 0) return z.undefined({ error: "can't be set: this dataset offers no sorts" }).optional();
  const names = sortNames(choices);
  return z
    .enum(choices, { error: `must be one of ${choices.join(', ')}` })
    .meta(names === undefined ? {} : { 'x-enum-varnames': names })
    .optional()
    .describe(
      'A column, with `-` in front for descending. Rows with equal values follow in the order of the key, in the same direction. Default: the order of the key',
    );
}

const EVERYTHING = "can't be set for account exports, which contain everything";
function accountSchema(notify: NotifySchema) {
  return z.strictObject({
    type: z.literal(ACCOUNT),
    format: bundleFormat,
    name: nameSchema,
    columns: z.undefined({ error: EVERYTHING }).optional(),
    filters: z.undefined({ error: EVERYTHING }).optional(),
    sort: z.undefined({ error: "can't be set for account exports, which have several datasets" }).optional(),
    options: formatOptions,
    notify,
    on_behalf_of: onBehalfOf,
  });
}

/**
 * What every request must have, whatever its type is. Checks a request of an unknown type, so that its other problems
 * are found, too.
 */
export function createCommonSchema({ options: [request] }: RequestSchema) {
  // The values of these fields depend on the type.
  const any = z.unknown().optional();
  return request.extend({ type: any, columns: any, filters: any, sort: any });
}

/**
 * @param webhookRule which addresses `notify.webhook_url` may use; default: public ones
 * @see parseExportRequest (request.ts)
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
