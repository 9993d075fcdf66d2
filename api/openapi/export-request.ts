import { z } from 'zod';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { FORMATS, formatNamed } from '../../shared/formats/index.js';
import { createRequestSchema } from '../../shared/request.js';
import type { Json, Schemas } from './schemas.js';

/** The body of an export request, as the door checks it: a schema for each type, and the options of each format. */

const pascal = (name: string): string =>
  name.replace(/(?:^|_)([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());

const object = z.looseObject({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) });
const named = z.looseObject({ const: z.string() });
const list = z.looseObject({ enum: z.array(z.string()).min(1) });

export function exportRequest(registry: DatasetRegistry, schemas: Schemas): Json {
  const optionRefs = new Map(
    [...FORMATS.values()].map(({ name, options }) => [
      name,
      schemas.add(`${pascal(name.toLowerCase())}Options`, {
        ...schemas.input(options),
        description: `Options of the format ${name}`,
      }),
    ]),
  );
  const refs = createRequestSchema(registry).options.map((schema) => {
    const { properties, ...rest } = object.parse(schemas.input(schema));
    const { const: type } = named.parse(properties.type);
    const formats = list.parse(properties.format).enum;
    const name = `${pascal(type)}ExportRequest`;
    const ref = schemas.add(name, {
      ...rest,
      properties: {
        ...properties,
        format: { ...properties.format, description: 'In any case; answers have it in upper case.' },
        options: {
          description: 'Those of the format.',
          default: {},
          anyOf: formats.map((format) => optionRefs.get(format)),
        },
      },
    });
    return { type, ref, name };
  });
  return schemas.add('ExportRequest', {
    description: 'What to export. A range must not end before it begins, and options must be those of the format.',
    oneOf: refs.map(({ ref }) => ref),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(refs.map(({ type, ref }) => [type, ref.$ref])),
    },
    examples: [exampleFor(registry)],
  });
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
