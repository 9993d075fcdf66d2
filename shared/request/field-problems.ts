import type { z } from 'zod';
import { ServiceError } from '../errors.js';
import type { ParameterLocation } from './problem-schema.js';

/**
 * The problems of a request, for clients. A response lists at most 20 problems, truncates what it echoes and stays
 * under 10 KB. Otherwise, a small body could cause a response of megabytes that takes seconds to build.
 */

/** A problem of the body, or of a field in it. */
export interface FieldProblem {
  /** A JSON pointer (RFC 6901) into the body; empty for the body itself. */
  readonly pointer: string;
  /** The end of a sentence that begins with the field: `must be a list`. */
  readonly detail: string;
}

/** A problem of a parameter. */
export interface ParameterProblem {
  readonly parameter: string;
  readonly in: ParameterLocation;
  readonly detail: string;
}

export type RequestProblem = FieldProblem | ParameterProblem;

/** A part of a request that is valid, or what is wrong with it. */
export type Checked<T, Problem = FieldProblem> = { readonly value: T } | { readonly problems: readonly Problem[] };

export const problemsOf = <Problem>(checked: Checked<unknown, Problem>): readonly Problem[] =>
  'problems' in checked ? checked.problems : [];

const MAX_PROBLEMS = 20;
/** Characters. */
const MAX_POINTER = 200;
const MAX_DETAIL = 500;
const MAX_PHRASE = 300;
/** Bytes of JSON, where a control character takes six. */
const MAX_LIST_BYTES = 6000;
const MAX_SENTENCE_BYTES = 2000;

/** The detail of an unknown field. */
export const UNKNOWN_FIELD = 'is not a known field';

/** RFC 6901. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** One problem per field; for an unknown key, the pointer names the key, not the object that has it. */
export function fieldProblems(
  error: { readonly issues: readonly z.core.$ZodIssue[] },
  prefix: readonly PropertyKey[] = [],
): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), detail: UNKNOWN_FIELD }));
    }
    const meant = issue.code === 'invalid_union' ? issue.errors.find(isMeant) : undefined;
    return meant === undefined
      ? [{ pointer: pointerOf(path), detail: detailOf(issue) }]
      : fieldProblems({ issues: meant }, path);
  });
}

/** Whether the value has the shape of this alternative of a union: its problems are inside the value. */
const isMeant = (issues: readonly z.core.$ZodIssue[]): boolean =>
  issues.some(({ code, path }) => path.length > 0 || code === 'unrecognized_keys');

/** One problem per parameter. */
export const parameterProblems = (error: z.ZodError, location: ParameterLocation): ParameterProblem[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ parameter: key, in: location, detail: 'is not a known parameter' }))
      : [{ parameter: String(issue.path[0]), in: location, detail: detailOf(issue) }],
  );

/** Whether a field is one of these, or within one of them. */
export const isWithin = ({ pointer }: FieldProblem, others: readonly FieldProblem[]): boolean =>
  others.some((other) => pointer === other.pointer || pointer.startsWith(`${other.pointer}/`));

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  string: 'a string',
};

/** The schema's own sentence, or a plain one instead of zod's technical message. */
function detailOf({ message }: z.core.$ZodIssue): string {
  const [, expected, received] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined) return message;
  return received === 'undefined' ? 'is required' : `must be ${KINDS[expected] ?? 'an object'}`;
}

/** Truncates a text that is too long, but never within a surrogate pair. */
const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** The first items that fit; at least one. */
function withinBytes<T>(items: readonly T[], maxBytes: number): readonly T[] {
  let bytes = 0;
  const over = items.findIndex((item, index) => {
    bytes += Buffer.byteLength(JSON.stringify(item));
    return bytes > maxBytes && index > 0;
  });
  return over < 0 ? items : items.slice(0, over);
}

const subject = (problem: RequestProblem): string => {
  if ('parameter' in problem) {
    return `${problem.in === 'header' ? 'the header' : `the ${problem.in} parameter`} ${problem.parameter}`;
  }
  return problem.pointer === '' ? 'the body' : problem.pointer;
};

function shorten(problem: RequestProblem): RequestProblem {
  const detail = cut(problem.detail, MAX_DETAIL);
  return 'parameter' in problem
    ? { ...problem, parameter: cut(problem.parameter, MAX_POINTER), detail }
    : { pointer: cut(problem.pointer, MAX_POINTER), detail };
}

/** @param problems at least one; those that don't fit into the response are only counted */
export function validationFailed(problems: readonly RequestProblem[]): ServiceError {
  const errors = withinBytes(problems.slice(0, MAX_PROBLEMS).map(shorten), MAX_LIST_BYTES);
  const phrases = withinBytes(
    errors.map((problem) => cut(`${subject(problem)} ${problem.detail}`, MAX_PHRASE)),
    MAX_SENTENCE_BYTES,
  );
  const more = problems.length - phrases.length;
  const rest = more === 0 ? '' : `; and ${more} more ${more === 1 ? 'problem' : 'problems'}`;
  const sentence = `${phrases.join('; ')}${rest}.`.replace(/^the /, 'The ');
  return new ServiceError('VALIDATION_FAILED', sentence, { errors });
}
