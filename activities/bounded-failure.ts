import { ApplicationFailure } from '@temporalio/common';
import { messageOf } from '../shared/errors.js';

/**
 * Temporal keeps up to 4 KB of a failure that it will retry, and replaces a larger one with "Failure exceeds size
 * limit."; a failure of 4 MB never reaches it, and the attempt times out. So failures are cut to 4 KB here, encrypted
 * or not. These are the limits of a failure's parts, in bytes.
 */
const MESSAGE = 600;
const FOR_USER = 400;
const DETAILS = 300;
const STACK = 600;
/** How many causes a failure keeps, and how many bytes of each of their parts. */
const CAUSES = 2;
const CAUSE_NAME = 60;
const CAUSE_MESSAGE = 300;
const CAUSE_STACK = 200;

export interface FailureParts {
  readonly message: string;
  /** An error code. */
  readonly type: string;
  readonly nonRetryable: boolean;
  /** For the workflow and operators. Left out if they are too large. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly forUser: string;
  /** Where it happened. */
  readonly stack: string | undefined;
  readonly cause: unknown;
}

/** Creates a failure that is small enough for Temporal to keep unchanged. */
export function boundedFailure({ message, type, nonRetryable, details, forUser, stack, cause }: FailureParts) {
  const kept = Buffer.byteLength(JSON.stringify(details)) <= DETAILS ? details : {};
  const failure = ApplicationFailure.create({
    message: shortened(message, MESSAGE),
    type,
    nonRetryable,
    details: [kept, shortened(forUser, FOR_USER)],
    ...causeOf(cause, CAUSES),
  });
  failure.stack = framesOf(stack, STACK);
  return failure;
}

/** Cuts a failure without details to size, and keeps its other properties, such as its next retry delay. */
export function withBounds(failure: ApplicationFailure): ApplicationFailure {
  const message = shortened(failure.message, MESSAGE);
  const stack = framesOf(failure.stack, STACK);
  return Object.assign(failure, { message, stack, ...causeOf(failure.cause, CAUSES) });
}

/** Copies the chain of causes, cut to size, because library errors carry whole responses. */
function causeOf(cause: unknown, depth: number): { cause?: Error } {
  if (cause === undefined || cause === null || depth === 0) return {};
  const copy = new Error(shortened(messageOf(cause), CAUSE_MESSAGE));
  if (cause instanceof Error) {
    copy.name = shortened(cause.name, CAUSE_NAME);
    copy.stack = framesOf(cause.stack, CAUSE_STACK);
    Object.assign(copy, causeOf(cause.cause, depth - 1));
  }
  return { cause: copy };
}

/** The first whole lines of a stack trace that fit, without the message above them. */
function framesOf(stack: string | undefined, bytes: number): string {
  // The message comes first, and may be megabytes long.
  const start = stack?.indexOf('\n    at ') ?? -1;
  if (stack === undefined || start === -1) return '';
  const lines: string[] = [];
  let size = 0;
  for (const line of stack.slice(start + 1, start + 1 + bytes).split('\n')) {
    size += sizeOf(line) + 2;
    if (size > bytes) break;
    lines.push(line);
  }
  return lines.join('\n').toWellFormed();
}

const MARK = '…';

/**
 * Shortens a text to a number of bytes, with a mark if something is missing. It never leaves half of a surrogate pair,
 * which isn't valid UTF-8: a worker that reports one waits forever.
 */
function shortened(text: string, bytes: number): string {
  if (text.length <= bytes && sizeOf(text) <= bytes) return text.toWellFormed();
  let size = sizeOf(MARK);
  let kept = '';
  for (const character of text) {
    size += sizeOf(character);
    if (size > bytes) break;
    kept += character;
  }
  return `${kept.toWellFormed()}${MARK}`;
}

/** Bytes of a text inside JSON, because an encrypted failure holds JSON. */
const sizeOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;
