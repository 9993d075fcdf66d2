import { z } from 'zod';
import type { DayRange, RangeFilter, Scalar } from '../contract.js';
import type { ColumnType, FilterDefinition } from '../datasets/define-dataset.js';
import { valueSchema } from '../datasets/value-schema.js';
import { TIMESTAMP, isBefore, isDate, valueProblem } from '../datasets/values.js';
import { RELATIVE_RANGES } from './relative-range.js';

/** The values that a filter may have, by its kind and by the type of its column. */

const MAX_LIST = 1000;

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const scalarOf = (type: ColumnType) =>
  // Not a union of the three types: its description would promise more than `valueProblem` accepts.
  z
    .custom<Scalar>(isScalar, { error: valueProblem('', type) ?? 'must be a string', abort: true })
    .superRefine((value, context) => {
      const problem = valueProblem(value, type);
      // Stop here: checks of the whole list or range need valid values.
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, continue: false });
    })
    .meta(valueSchema(type));

const relativeRange = z
  .enum(RELATIVE_RANGES)
  .describe(
    'Calendar days in `options.timezone`, counted from the day of the request; for schedules, in the timezone of the schedule, counted from the time the run was due. Weeks start on Monday; `last_7_days` ends with yesterday.',
  );

/** A day up to which rows are included. */
const lastDay = z
  .string({ error: 'must be a day, such as 2026-01-31' })
  .refine(isDate, 'must be a day, such as 2026-01-31, which is included. For a time, use [from, to], which excludes it')
  .meta(valueSchema('date'));

/** False if only the database can tell, because the day of a time with an offset depends on the export's timezone. */
function endsBeforeItStarts({ from = '', to }: DayRange): boolean {
  const [, day = String(from), , offset] = TIMESTAMP.exec(String(from)) ?? [];
  return to !== undefined && offset === undefined && day > String(to);
}

function dateRange(type: ColumnType) {
  const bound = scalarOf(type);
  const halfOpen = z
    .tuple([bound, bound], { error: 'must be two dates: the first day, and the day after the last' })
    .refine(([from, to]) => isBefore(from, to, type) !== false, 'must start before it ends')
    .describe('The first day, and the day after the last. Or times, of which the second is excluded.');
  const days = z
    .strictObject({ from: bound.optional(), to: lastDay.optional() })
    .transform((range) => range as DayRange)
    // After the transformation: a union reports a problem of its own if all of its alternatives end early.
    .refine(({ from, to }) => from !== undefined || to !== undefined, 'must have from or to')
    .refine((range) => !endsBeforeItStarts(range), 'must not end before it starts')
    .meta({
      minProperties: 1,
      description: 'Days, of which the last is included. Leave out one of them for no limit.',
    });
  return z.union([halfOpen, days, relativeRange], {
    error: `must be two dates, an object with from and to, or one of ${RELATIVE_RANGES.join(', ')}`,
  });
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
