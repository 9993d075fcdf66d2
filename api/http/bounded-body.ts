import { pointerOf, type FieldProblem } from '../../shared/request/field-problems.js';

/** Maximum entries of a list or object; valid requests never have more. */
const MAX_ENTRIES = 1000;
/** Maximum nesting of lists and objects. */
const MAX_DEPTH = 20;
/** Maximum number of problems: a response lists no more. */
const MAX_NAMED = 20;

/**
 * Replaces every list and object that is too large with null, before a schema checks the rest: a schema that rejects
 * 50,000 items creates 50,000 problems.
 * @param problems gets one for each list or object that is replaced
 */
export function boundBody(value: unknown, problems: FieldProblem[], path: readonly string[] = []): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const tooLarge = (detail: string): null => {
    if (problems.length < MAX_NAMED) problems.push({ pointer: pointerOf(path), detail });
    return null;
  };
  if (path.length > MAX_DEPTH) return tooLarge(`must be nested at most ${MAX_DEPTH} levels deep`);
  const entries = Object.entries(value);
  if (entries.length > MAX_ENTRIES) return tooLarge(`must have at most ${MAX_ENTRIES} entries`);
  const bounded = entries.map(([key, entry]) => [key, boundBody(entry, problems, [...path, key])] as const);
  return Array.isArray(value) ? bounded.map(([, entry]) => entry) : Object.fromEntries(bounded);
}
