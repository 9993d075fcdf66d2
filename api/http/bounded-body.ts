import type { RequestHandler } from 'express';
import { pointerOf, validationFailed, type FieldProblem } from '../../shared/request/field-problems.js';

/** Maximum entries of a list or object; valid requests never have more. */
const MAX_ENTRIES = 1000;
/** Maximum nesting of lists and objects. */
const MAX_DEPTH = 20;

/** Where and why a body is too large to check field by field; null if it is not. */
function sizeProblem(value: unknown, path: readonly string[]): FieldProblem | null {
  if (typeof value !== 'object' || value === null) return null;
  const tooLarge = (detail: string): FieldProblem => ({ pointer: pointerOf(path), detail });
  if (path.length > MAX_DEPTH) return tooLarge(`must be nested at most ${MAX_DEPTH} levels deep`);
  const entries = Object.entries(value);
  if (entries.length > MAX_ENTRIES) return tooLarge(`must have at most ${MAX_ENTRIES} entries`);
  for (const [key, entry] of entries) {
    const problem = sizeProblem(entry, [...path, key]);
    if (problem !== null) return problem;
  }
  return null;
}

/**
 * Limits the size of every list and object of a body before a schema checks it: a schema that rejects 50,000 items
 * creates 50,000 problems.
 */
export const boundedBody: RequestHandler = (request, _response, next) => {
  const problem = sizeProblem(request.body, []);
  if (problem !== null) throw validationFailed([problem]);
  next();
};
