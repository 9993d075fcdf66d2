import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ACCOUNT, ACCOUNT_TITLE, accountDatasets } from '../../shared/datasets/account.js';
import type { Dataset, DatasetRegistry } from '../../shared/datasets/index.js';
import { BUNDLE_FORMATS, FORMATS } from '../../shared/formats/index.js';
import type { ApiDeps } from '../deps.js';

function datasetView({ name, title, columns, computed = {}, filters = {} }: Dataset) {
  return {
    name,
    title,
    columns: Object.entries({ ...columns, ...computed }).map(([column, { type, label = column }]) => ({
      name: column,
      type,
      label,
    })),
    filters: Object.entries(filters).map(([filter, { kind, column, ...rest }]) => ({
      name: filter,
      kind,
      column,
      ...('values' in rest ? { values: rest.values } : {}),
    })),
  };
}

/** Archives of several datasets, by the `type` that asks for them. */
function bundleViews(registry: DatasetRegistry) {
  const datasets = accountDatasets(registry).map(({ name }) => name);
  return datasets.length === 0 ? [] : [{ name: ACCOUNT, title: ACCOUNT_TITLE, datasets, formats: BUNDLE_FORMATS }];
}

/** `GET /v1/datasets`: what can be asked for, from the registries that requests are checked against. */
export function listDatasets({ registry }: ApiDeps): RequestHandler {
  const answer = {
    datasets: [...registry.values()].map(datasetView),
    bundles: bundleViews(registry),
    formats: [...FORMATS.values()].map(({ name, extension, mediaType, options }) => ({
      name,
      extension,
      media_type: mediaType,
      options: z.toJSONSchema(options, { io: 'input' }),
    })),
  };
  return (_request, response) => {
    response.json(answer);
  };
}
