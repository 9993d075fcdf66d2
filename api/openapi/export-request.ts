import { z } from 'zod';
import type { Dataset, DatasetRegistry } from '../../shared/datasets/index.js';
import { FORMATS, formatNamed } from '../../shared/formats/index.js';
import { createRequestSchema, type RequestSchema } from '../../shared/request/request-schema.js';
import { RELATIVE_RANGES } from '../../shared/schedules/relative-range.js';
import { componentRef } from './schemas.js';

/**
 * The schemas that check export requests, plus what is checked by code: the options of each format, and the relative
 * date ranges of schedules.
 */

type RequestOfType = RequestSchema['options'][number];

const pascal = (name: string): string =>
  name.replace(/(?:^|_)([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());

const relativeRange = z
  .enum(RELATIVE_RANGES)
  .describe(
    "Calendar days in the schedule's timezone, counted from the time the run was due. Weeks start on Monday; `last_7_days` ends with yesterday.",
  );

export const describeExportRequest = (registry: DatasetRegistry): z.ZodType =>
  describeRequest(registry, {
    id: 'ExportRequest',
    description:
      'What to export. The start of a range must not be after its end, and options must be those of the format.',
  });

/** The request of a schedule: a date range may also be relative. */
export const describeScheduledRequest = (registry: DatasetRegistry): z.ZodType =>
  describeRequest(
    registry,
    {
      id: 'ScheduledRequest',
      description: 'Like `ExportRequest`, but date ranges can also be relative. Validated again at every run.',
    },
    withRelativeRanges,
  );

/** @param change what to change in the request of each dataset */
function describeRequest(
  registry: DatasetRegistry,
  { id, description }: { readonly id: string; readonly description: string },
  change: (request: RequestOfType, dataset: Dataset | undefined) => z.ZodObject = (request) => request,
): z.ZodType {
  const formatOptions = new Map(
    [...FORMATS.values()].map(({ name, options }) => [
      name,
      options.meta({ id: `${pascal(name.toLowerCase())}Options`, description: `${name} options` }),
    ]),
  );
  const requests = createRequestSchema(registry).options.map((request) => {
    const { type, format } = request.shape;
    const options = format.out.options.flatMap((name) => formatOptions.get(name) ?? []);
    const described = change(request, registry.get(type.value)).extend({
      format: format.describe('Upper or lower case; answers use upper case.'),
      options: z.union(options).prefault({}).describe('Options of the format.'),
    });
    return { type: type.value, id: `${pascal(type.value)}${id}`, described };
  });
  const [first, ...rest] = requests.map((request) => request.described.meta({ id: request.id }));
  if (first === undefined) throw new RangeError('There are no datasets.');
  return z.discriminatedUnion('type', [first, ...rest]).meta({
    id,
    description,
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(requests.map((request) => [request.type, componentRef(request.id)])),
    },
    examples: [exampleFor(registry)],
  });
}

function withRelativeRanges(request: RequestOfType, dataset: Dataset | undefined): z.ZodObject {
  const { filters } = request.shape;
  if (!(filters instanceof z.ZodDefault)) return request;
  const ranges = Object.entries(filters.unwrap().shape).filter(
    ([name]) => dataset?.filters?.[name]?.kind === 'date_range',
  );
  const relative = ranges.map(([name, range]) => [name, z.union([range, relativeRange]).optional()]);
  return request.extend({ filters: filters.unwrap().extend(Object.fromEntries(relative)).default({}) });
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
