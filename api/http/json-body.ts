import express, { type RequestHandler } from 'express';
import { ServiceError } from '../../shared/errors.js';
import { pointerOf, validationFailed } from '../../shared/request/field-problems.js';
import { UNSTORABLE, unstorablePaths } from '../../shared/text/storable-text.js';
import { boundedBody } from './bounded-body.js';

const MAX_BYTES = 100 * 1024;
const TYPES = ['application/json', 'application/*+json'];

const parse = (limit: number): RequestHandler =>
  express.json({
    limit,
    type: TYPES,
    // Accepts numbers and strings, because the schema gives a better error message than the parser.
    strict: false,
  });

const jsonOnly: RequestHandler = (request, _response, next) => {
  // Null if there is no body; the schema then says what is missing.
  if (request.is(TYPES) === false) {
    throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'The Content-Type of the body must be application/json.');
  }
  next();
};

/** Maximum number of fields listed in one response. */
const MAX_NAMED = 20;

/** Every text in a body may end up in a `jsonb` or `text` column. */
const storableOnly: RequestHandler = (request, _response, next) => {
  const paths = unstorablePaths(request.body, MAX_NAMED);
  if (paths.length > 0) throw validationFailed(paths.map((path) => ({ pointer: pointerOf(path), detail: UNSTORABLE })));
  next();
};

/**
 * Reads a JSON body that can be stored, with bounded lists and objects. `problem.ts` turns its errors into sentences.
 * @param maxBytes default: 100 KB
 */
export const jsonBody = (maxBytes = MAX_BYTES): readonly RequestHandler[] => [
  jsonOnly,
  parse(maxBytes),
  boundedBody,
  storableOnly,
];
