import type { z } from 'zod';
import type { Dataset } from '../datasets/define-dataset.js';
import type { Format } from '../formats/format.js';
import { FORMATS } from '../formats/index.js';
import { UNKNOWN_FIELD, type FieldProblem } from './field-problems.js';
import type { RequestSchema } from './request-schema.js';

/** Decides where a field of a request belongs. Undefined: the request doesn't name a valid one. */
interface Request {
  readonly format: Format | undefined;
  readonly dataset: Dataset | undefined;
}

/** Adds to the problem of an unknown field where it belongs, if it is one of `options`, `notify` or `filters`. */
export const withPlaces = (
  problems: readonly FieldProblem[],
  request: Request,
  schema: RequestSchema,
): FieldProblem[] =>
  problems.map((problem) => {
    const [, name] = /^\/([^/]+)$/.exec(problem.pointer) ?? [];
    const place = name === undefined || problem.detail !== UNKNOWN_FIELD ? undefined : placeOf(name, request, schema);
    return place === undefined ? problem : { ...problem, detail: `${UNKNOWN_FIELD} here; put it in ${place}` };
  });

function placeOf(name: string, { format, dataset }: Request, schema: RequestSchema): string | undefined {
  const formats = format === undefined ? [...FORMATS.values()] : [format];
  if (formats.some(({ options }) => hasField(options, name))) return 'options';
  if (hasField(schema.options[0].shape.notify, name)) return 'notify';
  return Object.hasOwn(dataset?.filters ?? {}, name) ? 'filters' : undefined;
}

/** @param schema of an object that accepts no unknown fields */
const hasField = (schema: z.ZodType, name: string): boolean =>
  schema.safeParse({ [name]: null }).error?.issues.every(({ code }) => code !== 'unrecognized_keys') !== false;
