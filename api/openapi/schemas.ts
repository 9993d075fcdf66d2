import { z } from 'zod';

/** Zod → JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. Schemas with an `id` become components. */

export type Json = Record<string, unknown>;

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;

/**
 * What is read from text and piped into an enum or a number is best described by where it arrives; and what must be
 * absent is absent from the schema of its object, which knows no other properties anyway.
 */
const override: Override = ({ zodSchema, jsonSchema }) => {
  if (zodSchema instanceof z.ZodPipe && (zodSchema.out instanceof z.ZodEnum || zodSchema.out instanceof z.ZodNumber)) {
    for (const key of ['pattern', 'format', 'allOf'] as const) Reflect.deleteProperty(jsonSchema, key);
    const { $schema: _, ...arrives } = z.toJSONSchema(zodSchema.out);
    Object.assign(jsonSchema, arrives);
  }
  // What the format says already, and how far JavaScript counts, are no news.
  if (SELF_EVIDENT.has(jsonSchema.format ?? '')) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (zodSchema instanceof z.ZodObject && jsonSchema.properties !== undefined) {
    const kept = Object.entries(jsonSchema.properties).filter(([name]) => !isAbsent(zodSchema.shape[name]));
    jsonSchema.properties = Object.fromEntries(kept);
  }
};

const SELF_EVIDENT: ReadonlySet<string> = new Set(['uuid', 'date-time', 'email']);

const isAbsent = (schema: unknown): boolean =>
  schema instanceof z.ZodUndefined || (schema instanceof z.ZodOptional && isAbsent(schema.unwrap()));

/** Collects the components that schemas refer to. */
export class Schemas {
  readonly components: Record<string, Json> = {};

  /** What clients send. */
  input = (schema: z.ZodType): Json => this.convert(schema, 'input');
  /** What they are answered. */
  output = (schema: z.ZodType): Json => this.convert(schema, 'output');

  add(name: string, schema: Json): Json {
    this.components[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  private convert(schema: z.ZodType, io: 'input' | 'output'): Json {
    // A schema with an id is inlined where it is the root: so it is not the root.
    const made = z.toJSONSchema(z.object({ root: schema }), { io, unrepresentable: 'any', override });
    const text = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
    const { properties, $defs = {} } = JSON.parse(text) as { properties: { root: Json }; $defs?: Record<string, Json> };
    for (const [name, { id: _, ...component }] of Object.entries($defs)) this.components[name] = component;
    return properties.root;
  }
}
