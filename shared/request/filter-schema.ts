import { z } from 'zod';
import type { RangeFilter, Scalar } from '../contract.js';
import type { ColumnType, FilterDefinition } from '../datasets/define-dataset.js';
import { valueSchema } from '../datasets/value-schema.js';
import { isBefore, valueProblem } from '../datasets/values.js';

/** The values that a filter may have, by its kind and by the type of its column. */

const MAX_LIST = 1000;

const scalarOf = (type: ColumnType) =>
  z
    .union([z.string(), z.number(), z.boolean()], { error: 'must be a string, a number or a boolean' })
    .superRefine((value, context) => {
      const problem = valueProblem(value, type);
      // Stop here: checks of the whole list or range need valid values.
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, continue: false });
    })
    .meta(valueSchema(type));

function dateRange(type: ColumnType) {
  const bound = scalarOf(type);
  return z
    .tuple([bound, bound], { error: 'must be two dates: the first day, and the day after the last' })
    .refine(([from, to]) => isBefore(from, to, type) !== false, 'must start before it ends');
}

function range(type: ColumnType) {
  const bound = scalarOf(type).optional();
  return z
    .strictObject({ gt: bound, gte: bound, lt: bound, lte: bound })
    .refine((value) => Object.values(value).some((scalar) => scalar !== undefined), 'must have gt, gte, lt or lte')
    .refine(({ gt, gte, lt, lte }) => {
      const [low, high] = [gt ?? gte, lt ?? lte];
      return low === undefined || high === undefined || isBefore(high, low, type) !== true;
    }, 'must not have a lower bound above its upper bound')
    .transform((value) => value as RangeFilter)
    .meta({ minProperties: 1 });
}

function oneOf(type: ColumnType, values: readonly string[] | undefined) {
  const item = values === undefined ? scalarOf(type) : z.enum(values, { error: `must be one of ${values.join(', ')}` });
  return z
    .array(item as z.ZodType<Scalar>, { error: 'must be a list of values' })
    .min(1, 'must have at least one value')
    .max(MAX_LIST, `must have at most ${MAX_LIST} values`);
}

/** What a request may set for a filter. @param type of the filter's column */
export function filterSchema(filter: FilterDefinition, type: ColumnType) {
  switch (filter.kind) {
    case 'date_range':
      return dateRange(type);
    case 'range':
      return range(type);
    case 'one_of':
      return oneOf(type, filter.values);
    case 'equals':
      return scalarOf(type);
    case 'contains':
      return scalarOf(type)
        .refine((text) => text !== '', 'must not be empty')
        .meta({ ...valueSchema(type), minLength: 1 });
    case 'is_null':
      return z.boolean({ error: 'must be true or false' });
  }
}
