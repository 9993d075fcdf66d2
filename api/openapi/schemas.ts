import { z } from 'zod';

/** Zod's JSON Schema (2020-12, as in OpenAPI 3.1). Schemas with an `id` in zod's registry become components. */

export type Json = Record<string, unknown>;

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;

const override: Override = ({ zodSchema, jsonSchema }) => {
  // Text that is parsed into an enum or a number is described by the result.
  if (zodSchema instanceof z.ZodPipe && (zodSchema.out instanceof z.ZodEnum || zodSchema.out instanceof z.ZodNumber)) {
    for (const key of ['pattern', 'format', 'allOf'] as const) Reflect.deleteProperty(jsonSchema, key);
    const { $schema: _, ...arrives } = z.toJSONSchema(zodSchema.out);
    Object.assign(jsonSchema, arrives);
  }
  // Client generators don't support tuples, so a tuple is described as a list of the same length.
  if (zodSchema instanceof z.ZodTuple) describeAsList(jsonSchema);
  // The format implies the pattern, and the maximum is only the largest integer that JavaScript has.
  if (SELF_EVIDENT.has(jsonSchema.format ?? '')) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Properties that must be absent; the object allows no others anyway.
  if (zodSchema instanceof z.ZodObject && jsonSchema.properties !== undefined) {
    const kept = Object.entries(jsonSchema.properties).filter(([name]) => !isAbsent(zodSchema.shape[name]));
    jsonSchema.properties = Object.fromEntries(kept);
  }
  // Zod treats examples as outputs, and drops them from inputs.
  const examples = z.globalRegistry.get(zodSchema)?.examples;
  if (Array.isArray(examples)) jsonSchema.examples = examples;
};

function describeAsList(schema: z.core.JSONSchema.BaseSchema): void {
  const { prefixItems = [] } = schema;
  const kinds = new Map(prefixItems.map((item) => [JSON.stringify(item), item]));
  const [first = {}, ...others] = kinds.values();
  Reflect.deleteProperty(schema, 'prefixItems');
  const items = others.length === 0 ? first : { anyOf: [first, ...others] };
  Object.assign(schema, { items, minItems: prefixItems.length, maxItems: prefixItems.length });
}

const SELF_EVIDENT: ReadonlySet<string> = new Set(['uuid', 'date-time', 'email']);

export const componentRef = (id: string): string => `#/components/schemas/${id}`;

/** A reviver for JSON.parse: references to zod's definitions become references to components. */
function toOpenApi(key: string, value: unknown): unknown {
  if (key === '$ref' && typeof value === 'string') return value.replace(/^#\/\$defs\//, componentRef(''));
  return key !== 'properties' && isObject(value) && 'default' in value ? withoutDefault(value) : value;
}

/**
 * Says the default in words. As a keyword, it would make some generators require the field in requests, and others fail
 * where it is an object.
 */
function withoutDefault({ default: value, ...schema }: Json): Json {
  if (isObject(value)) return schema;
  const { description } = schema;
  const known = typeof description === 'string' ? description : '';
  if (/default/i.test(known)) return schema;
  const words = `default ${String(value)}`;
  return { ...schema, description: known === '' ? words : `${known}; ${words}` };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isAbsent = (schema: unknown): boolean =>
  schema instanceof z.ZodUndefined || (schema instanceof z.ZodOptional && isAbsent(schema.unwrap()));

/** Collects the components that schemas refer to. */
export class Schemas {
  readonly components: Record<string, Json> = {};

  /** Schema of what clients send. */
  input = (schema: z.ZodType): Json => this.convert(schema, 'input');
  /** Schema of what clients receive. */
  output = (schema: z.ZodType): Json => this.convert(schema, 'output');

  private convert(schema: z.ZodType, io: 'input' | 'output'): Json {
    // Zod inlines a root that has an id, so the schema must not be the root.
    const made = z.toJSONSchema(z.object({ root: schema }), { io, unrepresentable: 'any', override });
    const { properties, $defs = {} } = JSON.parse(JSON.stringify(made), toOpenApi) as {
      properties: { root: Json };
      $defs?: Record<string, Json>;
    };
    for (const [name, { id: _, ...component }] of Object.entries($defs)) this.components[name] = component;
    return properties.root;
  }
}
