import assert from 'node:assert/strict';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../shared/errors.js';
import type { Answer } from '../support/answer.js';

const problem = z.union([
  z.strictObject({ pointer: z.string(), detail: z.string() }),
  z.strictObject({ parameter: z.string(), in: z.enum(['path', 'query', 'header']), detail: z.string() }),
]);

/** A field by its pointer, or a parameter by its location and name: `/columns/0`, `query/limit`. */
export const nameOf = (error: z.infer<typeof problem>): string =>
  'pointer' in error ? error.pointer : `${error.in}/${error.parameter}`;

const schema = z.looseObject({
  type: z.url(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  request_id: z.string(),
  errors: z.array(problem).optional(),
});
export type ReceivedProblem = z.infer<typeof schema>;

/**
 * Asserts that the response is this error in the form of RFC 9457, and returns it.
 * @param names of the fields and parameters, as `nameOf` writes them
 */
export function assertProblem(answer: Answer, code: ErrorCode, names?: readonly string[]): ReceivedProblem {
  assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8', answer.text);
  const found = schema.parse(answer.json);
  const { status, title } = ERRORS[code];
  assert.deepEqual(
    {
      code: found.code,
      anchor: new URL(found.type).hash,
      status: found.status,
      title: found.title,
      http: answer.status,
    },
    { code, anchor: `#${code}`, status, title, http: status },
  );
  if (names !== undefined) {
    assert.deepEqual(found.errors?.map(nameOf), names);
    // The detail names the fields, too.
    for (const name of names) {
      const subject = name === '' ? 'the body' : name.replace(/^(path|query|header)\//, '');
      assert.ok(found.detail.toLowerCase().includes(subject.toLowerCase()), found.detail);
    }
  }
  return found;
}
