import express, { type Request, type Response } from 'express';
import { ServiceError } from '../../shared/errors.js';
import {
  isWithin,
  pointerOf,
  UNKNOWN_FIELD,
  type Checked,
  type FieldProblem,
} from '../../shared/request/field-problems.js';
import { UNSTORABLE, unstorablePaths } from '../../shared/text/storable-text.js';
import { boundBody } from './bounded-body.js';
import { runMiddleware } from './run-middleware.js';

const MAX_BYTES = 100 * 1024;
const TYPES = ['application/json', 'application/*+json'];

/** Maximum number of unstorable texts that are looked for. */
const MAX_NAMED = 20;

type Parse<T> = (value: unknown) => Promise<Checked<T>> | Checked<T>;

/**
 * Reads a JSON body and parses it. Its problems are returned together: texts that can't be stored (any may end up in a
 * `jsonb` or `text` column), lists and objects that are too large, and whatever `parse` finds apart from these.
 * @param maxBytes default: 100 KB
 * @throws ServiceError UNSUPPORTED_MEDIA_TYPE, and errors of Express, which `problem.ts` turns into sentences
 */
export function jsonBodyReader(maxBytes = MAX_BYTES) {
  const readJson = express.json({
    limit: maxBytes,
    type: TYPES,
    // Accepts numbers and strings, because the schema gives a better error message than the parser.
    strict: false,
  });
  return async <T>(request: Request, response: Response, parse: Parse<T>): Promise<Checked<T>> => {
    // Null if there is no body; the schema then says what is missing.
    if (request.is(TYPES) === false) {
      throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'The Content-Type of the body must be application/json.');
    }
    try {
      await runMiddleware(readJson, request, response);
    } catch (error) {
      const detail = unreadable(error);
      if (detail === null) throw error;
      return { problems: [{ pointer: '', detail }] };
    }
    const problems: FieldProblem[] = [];
    const body = boundBody(request.body, problems);
    for (const path of unstorablePaths(body, MAX_NAMED)) {
      const detail = path.at(-1) === '__proto__' ? UNKNOWN_FIELD : UNSTORABLE;
      problems.push({ pointer: pointerOf(path), detail });
    }
    const parsed = await parse(body);
    if (problems.length === 0) return parsed;
    const others = 'problems' in parsed ? parsed.problems.filter((problem) => !isWithin(problem, problems)) : [];
    return { problems: [...problems, ...others] };
  };
}

/** What is wrong with a body that the parser rejects; null for other errors, and if another status covers it. */
function unreadable(error: unknown): string | null {
  if (!(error instanceof Error) || !('status' in error) || error.status !== 400) return null;
  switch ('type' in error ? error.type : '') {
    case 'entity.parse.failed':
      return 'must be JSON';
    case 'request.aborted':
    case 'request.size.invalid':
      return 'must be sent completely';
    default:
      return 'cannot be read';
  }
}
