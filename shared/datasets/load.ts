import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { messageOf } from '../errors.js';
import { COMPUTED_TYPES } from './computed.js';
import { MASKS, UNLESS } from './column-types.js';
import { COLUMN_TYPES, DatasetError, checkDataset, type Dataset } from './define-dataset.js';
import { NUMBER_STYLES } from './number-format.js';
import { BUILT_IN_DATASETS, createRegistry, type DatasetRegistry } from './index.js';

const text = z.string({ error: 'must be text' }).min(1, 'must be text');
const columnName = z.string({ error: 'must be the name of a column' }).min(1, 'must be the name of a column');
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });
/** `checkDataset` checks which of these settings a column's type can have. */
const look = {
  label: text.optional(),
  description: text.optional(),
  hidden: z.boolean({ error: 'must be true or false' }).optional(),
  precision: z.number({ error: 'must be a number' }).optional(),
  scale: z.number({ error: 'must be a number' }).optional(),
  format: oneOf(NUMBER_STYLES).optional(),
  currency: text.optional(),
};
const rights = {
  permission: text.optional(),
  unless: oneOf(UNLESS).optional(),
  reason: text.optional(),
  mask: oneOf(MASKS).optional(),
};
const column = z.strictObject({ type: oneOf(COLUMN_TYPES), ...look, ...rights });
const filter = <Kind extends string>(kind: Kind) => z.strictObject({ kind: z.literal(kind), column: columnName });
/** JavaScript modules haven't been type-checked, so this checks everything that the type `Dataset` requires. */
const datasetSchema = z.strictObject(
  {
    name: text,
    title: text,
    schema: text.optional(),
    table: text,
    key: z.array(columnName, { error: 'must be a list of columns' }),
    tenantColumn: columnName.optional(),
    userColumn: columnName.optional(),
    permission: text.optional(),
    columns: z.record(z.string(), column, { error: 'must be an object' }),
    computed: z
      .record(
        z.string(),
        z.strictObject({
          type: oneOf(COMPUTED_TYPES),
          ...look,
          ...rights,
          from: z.array(columnName, { error: 'must be a list of columns' }),
          compute: z.custom((value) => typeof value === 'function', 'must be a function'),
        }),
        { error: 'must be an object' },
      )
      .optional(),
    filters: z
      .record(
        z.string(),
        z.discriminatedUnion(
          'kind',
          [
            filter('date_range'),
            filter('one_of').extend({
              values: z.array(text, { error: 'must be a list of strings' }).min(1).optional(),
            }),
            filter('range'),
            filter('equals'),
            filter('contains'),
            filter('is_null'),
          ],
          { error: 'must be date_range, one_of, range, equals, contains or is_null' },
        ),
        { error: 'must be an object' },
      )
      .optional(),
    sorts: z.array(columnName, { error: 'must be a list of columns' }).optional(),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'it is not an object' : undefined) },
);

/** The first problem of a definition. Misspelled settings come first, because they explain missing ones. */
function problemOf({ issues }: z.ZodError): string {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined) return 'it is not a dataset';
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => [...path, key].join('.'));
    return `${names.join(' and ')} ${names.length === 1 ? 'is not a setting' : 'are not settings'}`;
  }
  return path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`;
}

/**
 * Loads the datasets of `DATASETS_MODULE` (default export: an array of datasets, and of such arrays), or the built-in
 * ones.
 * @param modulePath relative to the folder in which the process was started
 * @param hasTenants whether tokens name a tenant, so that every dataset needs a tenant column
 * @param maskKeys `MASK_KEY`, which the mask `hash` needs
 * @throws DatasetError with a sentence, if the module can't be loaded or a definition is invalid
 */
export async function loadDatasets(
  modulePath: string | undefined,
  hasTenants = true,
  maskKeys: readonly string[] = [],
): Promise<DatasetRegistry> {
  if (modulePath === undefined) return requireMaskKey(createRegistry(BUILT_IN_DATASETS), maskKeys);
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(modulePath)).href);
  } catch (error) {
    throw new DatasetError(`DATASETS_MODULE ${modulePath} cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
  const datasets: unknown =
    typeof module === 'object' && module !== null && 'default' in module ? module.default : null;
  if (!Array.isArray(datasets) || datasets.length === 0) {
    throw new DatasetError(`DATASETS_MODULE ${modulePath} must have an array of datasets as its default export.`);
  }
  const registry = createRegistry(datasets.flat().map((dataset, index) => checked(dataset, modulePath, index)));
  if (hasTenants) requireTenants(registry);
  return requireMaskKey(registry, maskKeys);
}

/** @throws DatasetError for a dataset whose rows would go to every tenant */
function requireTenants(registry: DatasetRegistry): void {
  for (const { name, tenantColumn } of registry.values()) {
    if (tenantColumn !== undefined) continue;
    const why = 'it has no tenantColumn, which is required unless JWT_TENANT_CLAIM is empty';
    throw new DatasetError(`Dataset ${JSON.stringify(name)}: ${why}.`);
  }
}

/** @throws DatasetError if a dataset hashes values and there is no key to do so */
function requireMaskKey(registry: DatasetRegistry, maskKeys: readonly string[]): DatasetRegistry {
  if (maskKeys.length > 0) return registry;
  for (const { name, columns } of registry.values()) {
    const hashed = Object.entries(columns).find(([, { mask }]) => mask === 'hash')?.[0];
    if (hashed !== undefined) {
      throw new DatasetError(
        `Dataset ${JSON.stringify(name)}: column ${hashed} has the mask hash, which needs MASK_KEY.`,
      );
    }
  }
  return registry;
}

function checked(dataset: unknown, modulePath: string, index: number): Dataset {
  const result = datasetSchema.safeParse(dataset);
  // Use the definition, not zod's copy: zod's `optional` allows undefined, which `Dataset` doesn't.
  if (result.success) return checkDataset(dataset as Dataset);
  const named = z.object({ name: text }).safeParse(dataset).data?.name ?? `number ${index + 1}`;
  const problem = problemOf(result.error);
  throw new DatasetError(`DATASETS_MODULE ${modulePath}: dataset ${named} is invalid: ${problem}.`);
}
