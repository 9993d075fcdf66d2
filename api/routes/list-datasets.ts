import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Dataset } from '../../shared/datasets/index.js';
import { FORMATS } from '../../shared/formats/index.js';
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

/** `GET /v1/datasets`: what can be asked for, from the registries that requests are checked against. */
export function listDatasets({ registry }: ApiDeps): RequestHandler {
  const answer = {
    datasets: [...registry.values()].map(datasetView),
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
