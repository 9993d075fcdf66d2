import type { Choices } from '../../../shared/request/choices-schema.js';
import type { FilterValue } from '../../../shared/contract.js';
import type { RefusedField } from '../refusal.js';
import { optionFields, optionValue, type OptionField } from './option-fields.js';

/** The form's state, and the request made from it. */

export type DatasetChoice = Choices['datasets'][number];
export type FilterChoice = DatasetChoice['filters'][number];
export type FieldType = DatasetChoice['columns'][number]['type'];
type FormatChoice = Choices['formats'][number];

/** The text in a filter's inputs; empty text means no filter. */
export interface FilterDraft {
  readonly from?: string;
  readonly to?: string;
  readonly value?: string;
  readonly values?: readonly string[];
}

export interface Draft {
  readonly type: string;
  /** Empty: none. */
  readonly name: string;
  /** In file order. */
  readonly columns: readonly string[];
  readonly filters: Readonly<Record<string, FilterDraft>>;
  /** Empty: in the dataset's own order. */
  readonly sort: string;
  readonly format: string;
  /** Texts of the inputs, by option. Kept when the format changes, because another format may have the same options. */
  readonly options: Readonly<Record<string, string>>;
  /** False: nobody gets an email. */
  readonly sendsEmail: boolean;
  /** Empty: the user's own address. */
  readonly email: string;
  readonly webhookUrl: string;
}

/** The body of `POST /v1/exports`. */
export interface ExportBody {
  readonly type: string;
  readonly format: string;
  readonly name?: string;
  readonly columns?: readonly string[];
  readonly filters?: Readonly<Record<string, FilterValue>>;
  readonly sort?: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly notify?: { readonly email?: string | false; readonly webhook_url?: string };
}

export const findDataset = ({ datasets }: Choices, type: string): DatasetChoice | undefined =>
  datasets.find(({ name }) => name === type);

export function allowedFormats({ bundles, formats }: Choices, type: string): FormatChoice[] {
  const allowed = bundles.find(({ name }) => name === type)?.formats;
  return allowed === undefined ? formats : formats.filter(({ name }) => allowed.includes(name));
}

export function allowedOptions(choices: Choices, { type, format }: Pick<Draft, 'type' | 'format'>): OptionField[] {
  const fields = optionFields(choices.formats.find(({ name }) => name === format)?.options ?? {});
  // A bundle is always a compressed archive, so the service rejects the option.
  const isBundle = findDataset(choices, type) === undefined;
  return isBundle ? fields.filter(({ name }) => name !== 'compression') : fields;
}

/** The columns that are selected by default. */
const defaultColumns = (choices: Choices, type: string, format: string): string[] =>
  findDataset(choices, type)?.columns.flatMap(({ name, opt_in_formats: optIn }) =>
    optIn.includes(format) ? [] : [name],
  ) ?? [];

/** Changes the format. If the user hasn't changed the columns, they become the new format's defaults. */
export function withFormat(choices: Choices, draft: Draft, format: string): Draft {
  const [before, after] = [draft.format, format].map((name) => defaultColumns(choices, draft.type, name));
  const isUntouched = JSON.stringify(draft.columns) === JSON.stringify(before);
  return { ...draft, format, columns: isUntouched && after !== undefined ? after : draft.columns };
}

/** A form for all rows of a dataset. Keeps the format, options and notifications of the previous form. */
export function draftFor(choices: Choices, type: string, before?: Draft): Draft {
  const formats = allowedFormats(choices, type).map(({ name }) => name);
  const format = before !== undefined && formats.includes(before.format) ? before.format : (formats[0] ?? '');
  const timezone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    name: '',
    sendsEmail: true,
    email: '',
    webhookUrl: '',
    options: { timezone },
    ...before,
    type,
    format,
    columns: defaultColumns(choices, type, format),
    filters: {},
    sort: '',
  };
}

/** Makes the request, and lists problems found before it is sent, such as no selected columns. */
export function createRequest(choices: Choices, draft: Draft): { body: ExportBody; problems: RefusedField[] } {
  const dataset = findDataset(choices, draft.type);
  const { sendsEmail, webhookUrl } = draft;
  const email: string | false = sendsEmail ? draft.email.trim() : false;
  const notify = {
    ...(email === '' ? {} : { email }),
    ...(webhookUrl.trim() === '' ? {} : { webhook_url: webhookUrl.trim() }),
  };
  const body = {
    type: draft.type,
    format: draft.format,
    ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
    options: setOptions(allowedOptions(choices, draft), draft),
    ...(Object.keys(notify).length === 0 ? {} : { notify }),
  };
  if (dataset === undefined) return { body, problems: [] };
  return {
    body: {
      ...body,
      columns: draft.columns,
      filters: setFilters(dataset, draft),
      ...(draft.sort === '' ? {} : { sort: draft.sort }),
    },
    problems: draft.columns.length === 0 ? [{ pointer: '/columns', detail: 'must have at least one column' }] : [],
  };
}

function setOptions(fields: readonly OptionField[], { options }: Draft): ExportBody['options'] {
  const set = fields.flatMap((field) => {
    const value = optionValue(field, options[field.name] ?? '');
    return value === undefined ? [] : [[field.name, value] as const];
  });
  return Object.fromEntries(set);
}

function setFilters(dataset: DatasetChoice, { filters }: Draft): Record<string, FilterValue> {
  const set = dataset.filters.flatMap((filter) => {
    const type = dataset.columns.find(({ name }) => name === filter.column)?.type ?? 'text';
    const value = filterValue(filter, type, filters[filter.name] ?? {});
    return value === undefined ? [] : [[filter.name, value] as const];
  });
  return Object.fromEntries(set);
}

/** The value of a filter, or undefined if its inputs are empty. Numbers stay text so that they keep all digits. */
function filterValue({ kind }: FilterChoice, type: FieldType, draft: FilterDraft): FilterValue | undefined {
  const { from = '', to = '', value = '' } = draft;
  switch (kind) {
    case 'date_range':
      return from === '' && to === '' ? undefined : { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
    case 'range':
      return from === '' && to === ''
        ? undefined
        : { ...(from === '' ? {} : { gte: from }), ...(to === '' ? {} : { lte: to }) };
    case 'one_of':
      return valuesIn(draft).length === 0 ? undefined : valuesIn(draft).map((one) => scalar(one, type));
    case 'equals':
      return value === '' ? undefined : scalar(value, type);
    case 'contains':
      return value === '' ? undefined : value;
    case 'is_null':
      return value === '' ? undefined : value === 'true';
  }
}

/** Checked values and comma-separated text. */
const valuesIn = ({ values = [], value = '' }: FilterDraft): string[] => [
  ...values,
  ...value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
];

const scalar = (text: string, type: FieldType): string | boolean => (type === 'boolean' ? text === 'true' : text);
