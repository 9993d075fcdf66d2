import { z } from 'zod';
import { choicesSchema } from '../../shared/request/choices-schema.js';
import { ACCOUNT, ACCOUNT_TITLE, accountDatasets } from '../../shared/datasets/account.js';
import { columnNamed, columnNames, shownColumns, type ColumnDefinition } from '../../shared/datasets/define-dataset.js';
import type { Dataset, DatasetRegistry } from '../../shared/datasets/index.js';
import { defaultColumns } from '../../shared/formats/default-columns.js';
import { BUNDLE_FORMATS, FORMATS } from '../../shared/formats/index.js';
import { defineRoute } from '../http/define-route.js';

function datasetView(dataset: Dataset) {
  const { name, title, filters = {}, sorts = [] } = dataset;
  const defaults = [...FORMATS.values()].map((format) => [format.name, defaultColumns(dataset, format)] as const);
  return {
    name,
    title,
    columns: shownColumns(dataset, columnNames(dataset)).map(({ name: column, type, label }) => ({
      ...{ name: column, type, label },
      ...describeColumn(columnNamed(dataset, column)),
      opt_in_formats: defaults.flatMap(([format, names]) => (names.includes(column) ? [] : [format])),
    })),
    filters: Object.entries(filters).map(([filter, { kind, column, ...rest }]) => ({
      name: filter,
      kind,
      column,
      ...('values' in rest ? { values: rest.values } : {}),
    })),
    sorts: [...sorts],
  };
}

const describeColumn = ({ description, hidden = false, format, currency }: ColumnDefinition) => ({
  hidden,
  ...(description === undefined ? {} : { description }),
  ...(format === undefined ? {} : { format }),
  ...(currency === undefined ? {} : { currency }),
});

/** Archives of several datasets, by the `type` that requests them. */
function bundleViews(registry: DatasetRegistry) {
  const datasets = accountDatasets(registry).map(({ name }) => name);
  return datasets.length === 0 ? [] : [{ name: ACCOUNT, title: ACCOUNT_TITLE, datasets, formats: BUNDLE_FORMATS }];
}

/** Everything comes from the registries that check requests. */
export const listDatasets = defineRoute({
  method: 'get',
  path: '/v1/datasets',
  id: 'listDatasets',
  tag: 'Datasets',
  summary: 'List datasets and formats',
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
            columns: [{ name: 'id', type: 'bigint', label: 'Order ID', hidden: false, opt_in_formats: [] }],
            filters: [{ name: 'status', kind: 'one_of', column: 'status', values: ['paid', 'shipped'] }],
            sorts: ['id'],
          },
        ],
        bundles: [{ name: 'account', title: 'Account', datasets: ['orders'], formats: ['CSV', 'JSON'] }],
        formats: [
          { name: 'CSV', extension: 'csv', media_type: 'text/csv; charset=utf-8', options: { type: 'object' } },
        ],
      },
    },
  },
  handle: ({ registry }) => {
    const body = {
      datasets: [...registry.values()].map(datasetView),
      bundles: bundleViews(registry),
      formats: [...FORMATS.values()].map(({ name, extension, mediaType, options }) => ({
        name,
        extension,
        media_type: mediaType,
        options: z.toJSONSchema(options, { io: 'input' }),
      })),
    };
    return () => ({ status: 200, body });
  },
});
