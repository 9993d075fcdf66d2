import { ApplicationFailure } from '@temporalio/common';
import { messageOf } from '../shared/errors.js';

/**
 * Temporal keeps 4 KB of the failure of an attempt that it will repeat, and calls a larger one "Failure exceeds size
 * limit."; of 4 MB it hears nothing at all, and the attempt times out. So a failure has 4 KB here, encrypted or not:
 * these shares of it, in bytes.
 */
const MESSAGE = 600;
const FOR_USER = 400;
const DETAILS = 300;
const STACK = 600;
/** How many causes there are below a failure, and what each has. */
const CAUSES = 2;
const CAUSE_NAME = 60;
const CAUSE_MESSAGE = 300;
const CAUSE_STACK = 200;

export interface FailureParts {
  readonly message: string;
  /** An error code. */
  readonly type: string;
  readonly nonRetryable: boolean;
  /** For the workflow and operators. Too large, they are left out. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly forUser: string;
  /** Where it happened. */
  readonly stack: string | undefined;
  readonly cause: unknown;
}

/** A failure that Temporal keeps as it is, however large what it is made of. */
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

/** Bounds a failure that knows more, such as when it is tried again. It has no details. */
export function withBounds(failure: ApplicationFailure): ApplicationFailure {
  const message = shortened(failure.message, MESSAGE);
  const stack = framesOf(failure.stack, STACK);
  return Object.assign(failure, { message, stack, ...causeOf(failure.cause, CAUSES) });
}

/** The chain of causes, copied: errors of libraries carry whole responses. */
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
  // Frames follow the message, which may be megabytes of lines.
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
 * As much of a text from its beginning as fits, with a mark where something is missing. Half of a surrogate pair is no
 * UTF-8: a worker that reports one waits for ever.
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

/** Bytes within a JSON text, which is what an encrypted failure is made of. */
const sizeOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;
