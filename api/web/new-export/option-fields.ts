/** Makes the inputs for a format's options from the JSON Schema that the service publishes. */

type OptionValue = string | number | boolean;

export type OptionField = {
  readonly name: string;
  readonly description: string;
  /** The default value; null if only the service knows it. */
  readonly byDefault: OptionValue | null;
} & (
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly values: readonly OptionValue[] }
  | { readonly kind: 'number'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly kind: 'text'; readonly maxLength: number | undefined }
);

/** The part of JSON Schema that the formats use. */
interface PropertySchema {
  readonly type?: string;
  readonly enum?: readonly OptionValue[];
  readonly const?: OptionValue;
  readonly anyOf?: readonly PropertySchema[];
  readonly default?: OptionValue;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** @param schema the JSON Schema of all options of a format */
export function optionFields(schema: Readonly<Record<string, unknown>>): OptionField[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, PropertySchema>>;
  return Object.entries(properties).map(([name, property]) => {
    const about = { name, description: property.description ?? '', byDefault: property.default ?? null };
    const values = valuesOf(property);
    if (values !== null) {
      // A checkbox has no third state for the service's default, so it needs a default of its own.
      const isFlag = values.every((value) => typeof value === 'boolean') && about.byDefault !== null;
      return isFlag ? { ...about, kind: 'flag' } : { ...about, kind: 'choice', values };
    }
    if (property.type === 'integer' || property.type === 'number') {
      return { ...about, kind: 'number', min: property.minimum, max: property.maximum };
    }
    return { ...about, kind: 'text', maxLength: property.maxLength };
  });
}

/** All possible values; null if they can't be listed. */
function valuesOf(schema: PropertySchema): OptionValue[] | null {
  if (schema.enum !== undefined) return [...schema.enum];
  if (schema.const !== undefined) return [schema.const];
  if (schema.type === 'boolean') return [true, false];
  if (schema.anyOf === undefined) return null;
  const lists = schema.anyOf.map(valuesOf);
  return lists.includes(null) ? null : lists.flatMap((list) => list ?? []);
}

/**
 * @param text the input's text
 * @returns undefined if the request can omit the option, because it is empty or has its default
 */
export function optionValue(field: OptionField, text: string): OptionValue | undefined {
  if (text === '') return undefined;
  const value = parse(field, text);
  return value === field.byDefault ? undefined : value;
}

function parse(field: OptionField, text: string): OptionValue | undefined {
  switch (field.kind) {
    case 'flag':
      return text === 'true';
    case 'choice':
      // Undefined if the text belongs to another format's option of the same name.
      return field.values.find((value) => String(value) === text);
    case 'number':
      // The service rejects text that isn't a number, and its answer names this field.
      return Number.isNaN(Number(text)) ? text : Number(text);
    case 'text':
      return text;
  }
}
