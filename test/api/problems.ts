import assert from 'node:assert/strict';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../shared/errors.js';
import type { Answer } from '../support/answer.js';

const schema = z.looseObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  request_id: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.infer<typeof schema>;

/** Asserts that the response is this error in the form of RFC 9457, and returns it. */
export function assertProblem(answer: Answer, code: ErrorCode, pointers?: readonly string[]): Problem {
  assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8', answer.text);
  const problem = schema.parse(answer.json);
  const { status, title } = ERRORS[code];
  assert.deepEqual(
    { code: problem.code, status: problem.status, title: problem.title, http: answer.status },
    { code, status, title, http: status },
  );
  if (pointers !== undefined) {
    assert.deepEqual(
      problem.errors?.map(({ pointer }) => pointer),
      pointers,
    );
    // The detail names the fields, too.
    for (const pointer of pointers) assert.ok(problem.detail.includes(pointer === '' ? 'The body' : pointer));
  }
  return problem;
}
