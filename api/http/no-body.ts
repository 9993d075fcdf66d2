import express, { type Request, type Response } from 'express';
import type { FieldProblem } from '../../shared/request/field-problems.js';
import { runMiddleware } from './run-middleware.js';

/** Room for `{}` and white space, which some clients send instead of nothing. */
const MAX_BYTES = 1024;
const readBytes = express.raw({ limit: MAX_BYTES, type: () => true });

const UNWANTED: FieldProblem = { pointer: '', detail: 'must be empty: this route takes no body' };

/**
 * Reads the body of a route that takes none. Ignoring it would make a client believe that its settings apply.
 * @returns a problem unless the body is empty or `{}`, in any content type
 */
export async function bodyProblems(request: Request, response: Response): Promise<FieldProblem[]> {
  try {
    await runMiddleware(readBytes, request, response);
  } catch {
    // Too large, compressed in an unknown way, or cut off: in any case, it isn't empty.
    return [UNWANTED];
  }
  const bytes: unknown = request.body;
  const text = Buffer.isBuffer(bytes) ? bytes.toString().trim() : '';
  return /^(\{\s*\})?$/.test(text) ? [] : [UNWANTED];
}
