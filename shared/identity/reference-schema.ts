import { z } from 'zod';
import { MAX_LENGTH, NOT_AN_ID, readReference } from './reference.js';

/** The id of a user or tenant. */
export const referenceSchema = z
  .string({ error: NOT_AN_ID })
  .min(1, { error: NOT_AN_ID, abort: true })
  .transform((text, context) => {
    const id = readReference(text);
    if (id !== null) return id;
    context.addIssue(NOT_AN_ID);
    return z.NEVER;
  })
  .meta({ maxLength: MAX_LENGTH });

/** In a token, an id may also be a whole number, unless it is so large that JSON readers round it. */
export const referenceClaim = z.preprocess(
  (value) => (Number.isSafeInteger(value) ? String(value) : value),
  referenceSchema,
);
