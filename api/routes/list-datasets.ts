import { z } from 'zod';
import { choicesSchema } from '../../shared/request/choices-schema.js';
import { ACCOUNT, ACCOUNT_TITLE, archivedDatasets } from '../../shared/datasets/account.js';
import { conditionsOf, lockReason, mayExport } from '../../shared/datasets/column-rights.js';
import { columnNamed, columnNames, type ColumnDefinition } from '../../shared/datasets/define-dataset.js';
import { shownColumns, type ShownColumn } from '../../shared/datasets/shown-columns.js';
import type { Catalog } from '../../shared/datasets/catalog.js';
import { undeclaredDecimals } from '../../shared/datasets/decimal.js';
import type { Dataset, DatasetRegistry } from '../../shared/datasets/index.js';
import { ERRORS } from '../../shared/errors.js';
import { defaultColumns } from '../../shared/formats/default-columns.js';
import { BUNDLE_FORMATS, FORMATS } from '../../shared/formats/index.js';
import { defineRoute } from '../http/define-route.js';

const TYPED_FORMATS = [...FORMATS.values()].flatMap(({ name, columnType }) =>
  columnType === undefined ? [] : [{ name, columnType }],
);

/** The facts about a dataset that a response needs. */
interface Findings {
  /** The dataset, restricted to what the caller may have. */
  readonly mine: Dataset;
  /** Whether that could be checked. */
  readonly isChecked: boolean;
  /** Its numeric columns in the database; absent if they are unknown. */
  readonly catalog: Catalog['columns'] | undefined;
}

/** Nothing if the caller may not export the dataset, or if every column is hidden from them. */
function datasetViews(dataset: Dataset, findings: Findings) {
  const view = mayExport(findings.mine) ? datasetView(dataset, findings) : undefined;
  return view === undefined || view.columns.length === 0 ? [] : [view];
}

function datasetView(dataset: Dataset, { mine, isChecked, catalog }: Findings) {
  const { name, title, filters = {}, sorts = [] } = mine;
  const defaults = [...FORMATS.values()].map((format) => [format.name, defaultColumns(mine, format)] as const);
  const selectable = new Map(shownColumns(mine, columnNames(mine), catalog).map((column) => [column.name, column]));
  return {
    name,
    title,
    columns: shownColumns(dataset, columnNames(dataset)).flatMap((column) => {
      const reason = lockReason(dataset, mine, column.name);
      const shown = selectable.get(column.name);
      if (shown === undefined && reason === undefined) return [];
      return {
        ...{ name: column.name, type: (shown ?? column).type, label: column.label },
        ...(shown === undefined ? {} : fileTypes(shown, mine, catalog)),
        ...describeColumn(columnNamed(dataset, column.name)),
        ...(shown?.mask === undefined ? {} : { masked: true as const }),
        ...(reason === undefined ? {} : { locked: true as const, reason }),
        opt_in_formats: defaults.flatMap(([format, names]) => (names.includes(column.name) ? [] : [format])),
      };
    }),
    filters: Object.entries(filters).map(([filter, { kind, column, ...rest }]) => ({
      name: filter,
      kind,
      column,
      ...('values' in rest ? { values: rest.values } : {}),
    })),
    sorts: [...sorts],
    ...(isChecked || conditionsOf(dataset).length === 0 ? {} : { rights_unknown: true as const }),
  };
}

/** The types that a column has in the files of formats whose columns have types, unless the database has to say. */
function fileTypes(shown: ShownColumn, mine: Dataset, catalog: Catalog['columns'] | undefined) {
  const isUnknown = undeclaredDecimals(mine).includes(shown.name) && catalog?.has(shown.name) !== true;
  const types = isUnknown ? [] : TYPED_FORMATS.map(({ name, columnType }) => [name, columnType(shown)] as const);
  return types.length === 0 ? {} : { file_types: Object.fromEntries(types) };
}

const describeColumn = ({ description, hidden = false, format, currency }: ColumnDefinition) => ({
  hidden,
  ...(description === undefined ? {} : { description }),
  ...(format === undefined ? {} : { format }),
  ...(currency === undefined ? {} : { currency }),
});

/** Archives of several datasets, by the `type` that requests them, with the datasets that the caller would get. */
function bundleViews(mine: DatasetRegistry) {
  const datasets = archivedDatasets(mine).map(({ name, title }) => ({ name, title }));
  return datasets.length === 0 ? [] : [{ name: ACCOUNT, title: ACCOUNT_TITLE, datasets, formats: BUNDLE_FORMATS }];
}

/** Everything comes from the registries that check requests. */
export const listDatasets = defineRoute({
  method: 'get',
  path: '/v1/datasets',
  id: 'listDatasets',
  tag: 'Datasets',
  summary: 'List datasets and formats',
  description:
    "Lists each dataset that you may export at this moment, with the columns and filters that you may use. While permissions can't be checked, because the source database is down or a permission isn't set up correctly, datasets and columns that need one are listed as if you had none (`rights_unknown`).",
  scope: 'exports:read',
  answers: {
    200: {
      description: 'Datasets with their columns and filters, and formats with their options',
      schema: choicesSchema,
      example: {
        datasets: [
          {
            name: 'orders',
            title: 'Orders',
            columns: [
              {
                ...{ name: 'id', type: 'bigint', label: 'Order ID' },
                ...{ file_types: { PARQUET: 'INT64' }, hidden: false, opt_in_formats: [] },
              },
            ],
            filters: [{ name: 'status', kind: 'one_of', column: 'status', values: ['paid', 'shipped'] }],
            sorts: ['id'],
          },
        ],
        bundles: [
          {
            ...{ name: 'account', title: 'Account', datasets: [{ name: 'orders', title: 'Orders' }] },
            formats: ['CSV', 'JSON'],
          },
        ],
        formats: [
          { name: 'CSV', extension: 'csv', media_type: 'text/csv; charset=utf-8', options: { type: 'object' } },
        ],
      },
    },
  },
  handle: ({ registry, permissions, catalogDecimals, logger }) => {
    const formats = [...FORMATS.values()].map(({ name, extension, mediaType, options }) => ({
      name,
      extension,
      media_type: mediaType,
      options: z.toJSONSchema(options, { io: 'input' }),
    }));
    return async ({ principal }) => {
      const [{ mine, unchecked }, catalogs] = await Promise.all([
        permissions.listed(principal),
        catalogDecimals.columns(),
      ]);
      if (unchecked !== undefined) {
        // An operator has to fix what isn't temporary.
        const level = ERRORS[unchecked.code].retryable ? 'warn' : 'error';
        logger[level]({ err: unchecked }, 'permissions cannot be checked');
      }
      const datasets = [...registry].flatMap(([name, dataset]) =>
        datasetViews(dataset, {
          mine: mine.get(name) ?? dataset,
          isChecked: unchecked === undefined,
          catalog: catalogs.get(name),
        }),
      );
      const isShort = unchecked !== undefined && datasets.length < registry.size;
      const unknown = isShort ? { rights_unknown: true as const } : {};
      return { status: 200, body: { datasets, bundles: bundleViews(mine), formats, ...unknown } };
    };
  },
});
