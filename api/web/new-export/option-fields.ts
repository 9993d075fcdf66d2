/** Inputs for the options of a format, from the JSON Schema that the service has of them. */

type OptionValue = string | number | boolean;

export type OptionField = {
  readonly name: string;
  readonly description: string;
  /** What counts when nothing is said; null where only the service knows. */
  readonly byDefault: OptionValue | null;
} & (
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly values: readonly OptionValue[] }
  | { readonly kind: 'number'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly kind: 'text'; readonly maxLength: number | undefined }
);

/** What of JSON Schema the formats use. */
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

/** @param schema of the whole of the options */
export function optionFields(schema: Readonly<Record<string, unknown>>): OptionField[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, PropertySchema>>;
  return Object.entries(properties).map(([name, property]) => {
    const about = { name, description: property.description ?? '', byDefault: property.default ?? null };
    const values = valuesOf(property);
    if (values !== null) {
      // A box that is ticked or not has no third state for "whatever the service does".
      const isFlag = values.every((value) => typeof value === 'boolean') && about.byDefault !== null;
      return isFlag ? { ...about, kind: 'flag' } : { ...about, kind: 'choice', values };
    }
    if (property.type === 'integer' || property.type === 'number') {
      return { ...about, kind: 'number', min: property.minimum, max: property.maximum };
    }
    return { ...about, kind: 'text', maxLength: property.maxLength };
  });
}

/** All that there are; null where they cannot be listed. */
function valuesOf(schema: PropertySchema): OptionValue[] | null {
  if (schema.enum !== undefined) return [...schema.enum];
  if (schema.const !== undefined) return [schema.const];
  if (schema.type === 'boolean') return [true, false];
  if (schema.anyOf === undefined) return null;
  const lists = schema.anyOf.map(valuesOf);
  return lists.includes(null) ? null : lists.flatMap((list) => list ?? []);
}

/** @param text as the input has it; empty: nothing was said. Undefined: the request says nothing of it. */
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
      // Of another format, whose option has the same name.
      return field.values.find((value) => String(value) === text);
    case 'number':
      // What is no number is the service's to refuse, at this field.
      return Number.isNaN(Number(text)) ? text : Number(text);
    case 'text':
      return text;
  }
}
