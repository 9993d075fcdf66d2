import { z } from 'zod';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { FORMATS, formatNamed } from '../../shared/formats/index.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { pascalCase } from '../../shared/text/pascal-case.js';
import { componentRef } from './schemas.js';

/** The schemas that check export requests, plus what is checked by code: the options of each format. */

/** The request for an export, also of a schedule. */
export function describeExportRequest(registry: DatasetRegistry): z.ZodType {
  const formatOptions = new Map(
    [...FORMATS.values()].map(({ name, options }) => [
      name,
      options.meta({ id: `${pascalCase(name.toLowerCase())}Options`, description: `${name} options` }),
    ]),
  );
  const requests = createRequestSchema(registry).options.map((request) => {
    const { type, format, filters } = request.shape;
    const options = format.out.options.flatMap((name) => formatOptions.get(name) ?? []);
    const described = request.extend({
      options: z.union(options).prefault({}).describe('Options of the format.'),
      ...(filters instanceof z.ZodDefault
        ? {
            filters: filters
              .unwrap()
              .meta({ id: `${pascalCase(type.value)}Filters` })
              .default({}),
          }
        : {}),
    });
    return { type: type.value, id: `${pascalCase(type.value)}ExportRequest`, described };
  });
  const [first, ...rest] = requests.map((request) => request.described.meta({ id: request.id }));
  if (first === undefined) throw new RangeError('There are no datasets.');
  return z.discriminatedUnion('type', [first, ...rest]).meta({
    id: 'ExportRequest',
    description:
      'What to export. The start of a range must not be after its end, and the format must support the options.',
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(requests.map((request) => [request.type, componentRef(request.id)])),
    },
    examples: [exampleFor(registry)],
  });
}

/** The smallest request for the first dataset in the first format, with one column. */
function exampleFor(registry: DatasetRegistry): unknown {
  const [dataset] = registry.values();
  const [format = ''] = FORMATS.keys();
  const [column] = Object.keys(dataset?.columns ?? {});
  return {
    type: dataset?.name,
    format: formatNamed(format).name,
    columns: [column],
    options: { timezone: 'Europe/Berlin' },
  };
}
