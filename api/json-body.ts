import express, { type RequestHandler } from 'express';
import { ServiceError } from '../shared/errors.js';

const MAX_BYTES = 100 * 1024;
const TYPES = ['application/json', 'application/*+json'];

const parse = express.json({
  limit: MAX_BYTES,
  type: TYPES,
  // A number or a text is JSON too; the schema says better than the parser why it is no request.
  strict: false,
});

const jsonOnly: RequestHandler = (request, _response, next) => {
  // Null: there is no body, which the schema refuses by name.
  if (request.is(TYPES) === false) {
    throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'The Content-Type of the body must be application/json.');
  }
  next();
};

/** Reads a JSON body of at most 100 KB. What is wrong with it is for `problem.ts` to say. */
export const jsonBody: readonly RequestHandler[] = [jsonOnly, parse];
