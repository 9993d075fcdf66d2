import type { z } from 'zod';
import { ServiceError } from '../errors.js';

/**
 * The problems of a request, for clients. A response lists at most 20 problems, truncates what it echoes and stays under
 * 10 KB. Otherwise, a small body could cause a response of megabytes that takes seconds to build.
 */

export interface FieldProblem {
  /** A JSON pointer (RFC 6901) into the body. */
  readonly pointer: string;
  readonly detail: string;
}

const MAX_PROBLEMS = 20;
/** Characters. */
const MAX_POINTER = 200;
const MAX_DETAIL = 500;
const MAX_PHRASE = 300;
/** Bytes of JSON, where a control character takes six. */
const MAX_LIST_BYTES = 6000;
const MAX_SENTENCE_BYTES = 2000;

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
      return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), detail: 'is not a known field' }));
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

const phrase = ({ pointer, detail }: FieldProblem): string => `${pointer === '' ? 'The body' : pointer} ${detail}`;

/** @param problems at least one; those that don't fit into the response are only counted */
export function validationFailed(problems: readonly FieldProblem[]): ServiceError {
  const shown = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ pointer, detail }) => ({ pointer: cut(pointer, MAX_POINTER), detail: cut(detail, MAX_DETAIL) }));
  const errors = withinBytes(shown, MAX_LIST_BYTES);
  const phrases = withinBytes(
    errors.map((error) => cut(phrase(error), MAX_PHRASE)),
    MAX_SENTENCE_BYTES,
  );
  const more = problems.length - phrases.length;
  const rest = more === 0 ? '' : `; and ${more} more ${more === 1 ? 'problem' : 'problems'}`;
  return new ServiceError('VALIDATION_FAILED', `${phrases.join('; ')}${rest}.`, { errors });
}
