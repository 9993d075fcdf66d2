import assert from 'node:assert/strict';
import fc from 'fast-check';
import { validationFailed, type FieldProblem } from '../../../shared/request/field-problems.js';

const problemsOf = (problems: readonly FieldProblem[]): FieldProblem[] =>
  validationFailed(problems).details.errors as FieldProblem[];
const numbered = (count: number): FieldProblem[] =>
  Array.from({ length: count }, (_, n) => ({ pointer: `/columns/${n}`, detail: 'is not a known field' }));

describe('validation problems of a request', () => {
  it('are named field by field', () => {
    const { message } = validationFailed([{ pointer: '', detail: 'must be JSON' }, ...numbered(2)]);
    assert.equal(message, 'The body must be JSON; /columns/0 is not a known field; /columns/1 is not a known field.');
    assert.equal(problemsOf(numbered(20)).length, 20);
  });

  it('are limited to 20, and the message counts the others', () => {
    assert.equal(problemsOf(numbered(21)).length, 20);
    assert.match(validationFailed(numbered(21)).message, /\/columns\/19 is not a known field; and 1 more problem\.$/);
    assert.match(validationFailed(numbered(50_000)).message, /; and 49980 more problems\.$/);
  });

  it('echo at most 200 characters of a name, and never split a surrogate pair', () => {
    const [problem] = problemsOf([{ pointer: `/${'😀'.repeat(1000)}`, detail: 'is not a known field' }]);
    assert.equal(problem?.pointer, `/${'😀'.repeat(99)}…`);
  });

  it('take less than 9 KB of JSON for any request', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2000 }),
      fc.integer({ max: 3000, min: 0 }).map((length) => '\u0001'.repeat(length)),
      fc.integer({ max: 3000, min: 0 }).map((length) => '\ud800'.repeat(length)),
      fc.integer({ max: 3000, min: 0 }).map((length) => '字'.repeat(length)),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ pointer: text, detail: text }), { minLength: 1, maxLength: 40, size: 'max' }),
        (problems) => {
          const { message, details } = validationFailed(problems);
          assert.ok(Buffer.byteLength(JSON.stringify({ message, ...details })) < 9000);
          assert.ok(problemsOf(problems).length > 0);
        },
      ),
    );
  });
});
