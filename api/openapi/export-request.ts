import { z } from 'zod';
import type { Dataset, DatasetRegistry } from '../../shared/datasets/index.js';
import { FORMATS, formatNamed } from '../../shared/formats/index.js';
import { createRequestSchema } from '../../shared/request/request.js';
import { RELATIVE_RANGES } from '../../shared/schedules/relative-range.js';
import type { Json, Schemas } from './schemas.js';

/** The body of an export request, as the door checks it: a schema for each type, and the options of each format. */

const pascal = (name: string): string =>
  name.replace(/(?:^|_)([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());

const DESCRIPTIONS = {
  ExportRequest: 'What to export. A range must not end before it begins, and options must be those of the format.',
  ScheduledRequest: 'As `ExportRequest`, where a range of dates may be a relative one. Checked again at every run.',
} as const;
type RequestName = keyof typeof DESCRIPTIONS;

const object = z.looseObject({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) });
const RELATIVE = {
  type: 'string',
  enum: RELATIVE_RANGES,
  description:
    'Days of the calendar in the timezone of the schedule, by the time that a run was due. Weeks begin on Monday; `last_7_days` ends with yesterday.',
};
const named = z.looseObject({ const: z.string() });
const list = z.looseObject({ enum: z.array(z.string()).min(1) });

/** @param name of the component; those of each type end in it */
export function exportRequest(registry: DatasetRegistry, schemas: Schemas, name: RequestName = 'ExportRequest'): Json {
  const optionRefs = new Map(
    [...FORMATS.values()].map(({ name, options }) => [
      name,
      schemas.add(`${pascal(name.toLowerCase())}Options`, {
        ...schemas.input(options),
        description: `${name} options`,
      }),
    ]),
  );
  const refs = createRequestSchema(registry).options.map((schema) => {
    const { properties, ...rest } = object.parse(schemas.input(schema));
    const { const: type } = named.parse(properties.type);
    const formats = list.parse(properties.format).enum;
    const ref = schemas.add(`${pascal(type)}${name}`, {
      ...rest,
      properties: {
        ...properties,
        ...(name === 'ScheduledRequest' ? { filters: withRelativeRanges(properties.filters, registry.get(type)) } : {}),
        format: { ...properties.format, description: 'Upper or lower case; answers use upper case.' },
        options: {
          description: 'Options of the format.',
          default: {},
          anyOf: formats.map((format) => optionRefs.get(format)),
        },
      },
    });
    return { type, ref };
  });
  return schemas.add(name, {
    description: DESCRIPTIONS[name],
    oneOf: refs.map(({ ref }) => ref),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(refs.map(({ type, ref }) => [type, ref.$ref])),
    },
    examples: [exampleFor(registry)],
  });
}

/** The filters of a dataset as its schedules have them. */
function withRelativeRanges(filters: unknown, dataset: Dataset | undefined): Json | undefined {
  const { data } = object.safeParse(filters);
  if (data === undefined) return undefined;
  const kinds = dataset?.filters ?? {};
  const properties = Object.entries(data.properties).map(([name, schema]) => [
    name,
    kinds[name]?.kind === 'date_range' ? { anyOf: [schema, RELATIVE] } : schema,
  ]);
  return { ...data, properties: Object.fromEntries(properties) as Json };
}

/** The smallest request for the first dataset in the first format, and one column of it. */
function exampleFor(registry: DatasetRegistry): Json {
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
