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
  // The format implies the pattern, and the limit is JavaScript's.
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

const SELF_EVIDENT: ReadonlySet<string> = new Set(['uuid', 'date-time', 'email']);

export const componentRef = (id: string): string => `#/components/schemas/${id}`;

/** Makes references to zod's definitions refer to components. */
const toComponents = (key: string, value: unknown): unknown =>
  key === '$ref' && typeof value === 'string' ? value.replace(/^#\/\$defs\//, componentRef('')) : value;

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
    const { properties, $defs = {} } = JSON.parse(JSON.stringify(made), toComponents) as {
      properties: { root: Json };
      $defs?: Record<string, Json>;
    };
    for (const [name, { id: _, ...component }] of Object.entries($defs)) this.components[name] = component;
    return properties.root;
  }
}
