import type { ErrorRequestHandler, Response } from 'express';
import { ERRORS, ServiceError, messageOf, sentenceOf, type ErrorCode } from '../../shared/errors.js';
import type { Problem } from '../../shared/request/problem-schema.js';
import { validationFailed } from '../../shared/request/field-problems.js';
import type { ApiDeps } from '../deps.js';
import { errorTypeUrl } from '../openapi/error-docs.js';
import { contextOf } from './context.js';
import { nothingHere } from './static-file.js';
import { undecodableParameter } from './undecodable.js';

/**
 * Turns every error into an RFC 9457 `application/problem+json` response: `status`, `title` and the stable `code` come
 * from the error table, `type` is the page about it, `detail` is the sentence, and the error's details are extension members.
 */

/** Default for `Retry-After`, seconds: a slot or a server is usually available again by then. */
const RETRY_AFTER = 5;
const tooLarge = (error: object): string => {
  const limit = 'limit' in error && typeof error.limit === 'number' ? error.limit : 0;
  return `The body must be at most ${limit / 1024} KB.`;
};
const WRONG_ENCODING = 'The body must be UTF-8, optionally compressed with gzip, deflate or br.';

/** Errors of Express and its body parser: they have a status, and a type that says why. */
function fromExpress(error: unknown, path: string, patterns: readonly string[]): ServiceError | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const type = 'type' in error ? String(error.type) : '';
  const options: ErrorOptions = { cause: error };
  if (type === 'entity.too.large') return new ServiceError('BODY_TOO_LARGE', tooLarge(error), {}, options);
  if (error.status === 415) return new ServiceError('UNSUPPORTED_MEDIA_TYPE', WRONG_ENCODING, {}, options);
  if (!(error instanceof URIError)) return null;
  const parameter = undecodableParameter(path, patterns);
  return parameter === null
    ? nothingHere()
    : validationFailed([{ parameter, in: 'path', detail: 'cannot be decoded' }]);
}

/** Whether the client may see message and details; those of other errors belong in the log. */
const isForUsers = ({ code }: ServiceError): boolean => sentenceOf(code) === undefined;

function detailOf(error: ServiceError): string {
  if (isForUsers(error)) return error.message;
  const advice =
    ERRORS[error.code].status === 503
      ? 'Please try again in a few seconds.'
      : 'Give your administrator the request ID to find out more.';
  return `${error.forUser} ${advice}`;
}

function challenge(response: Response, error: ServiceError): void {
  // Without a token, the header says how to authenticate; with an invalid one, what is wrong with it (RFC 6750).
  const invalid = response.req.headers.authorization !== undefined;
  // Visible ASCII only: the message names claims, which may be in any script.
  const description = error.message.replaceAll('"', "'").replaceAll(/[^ -~]/g, '?');
  const reason = `error="invalid_token", error_description="${description}"`;
  response.set('WWW-Authenticate', invalid ? `Bearer ${reason}` : 'Bearer');
}

/** The token is valid, but its user lacks the permission. RFC 6750 has no closer error. */
function notPermitted(response: Response, code: ErrorCode): void {
  // Not the error's own message, which may name columns in any script.
  const description = ERRORS[code].title;
  response.set('WWW-Authenticate', `Bearer error="insufficient_scope", error_description="${description}"`);
}

/** RFC 6750, section 3.1. */
function missingScope(response: Response, { details }: ServiceError): void {
  response.set('WWW-Authenticate', `Bearer error="insufficient_scope", scope="${String(details.needed_scope)}"`);
}

/** The body of an error response. */
export const problemOf = (error: ServiceError, requestId: string, publicUrl: string): Problem => ({
  ...(isForUsers(error) ? error.details : {}),
  type: errorTypeUrl(publicUrl, error.code),
  title: ERRORS[error.code].title,
  status: ERRORS[error.code].status,
  detail: detailOf(error),
  code: error.code,
  request_id: requestId,
});

function answer(response: Response, error: ServiceError, publicUrl: string): void {
  const { status } = ERRORS[error.code];
  const { requestId } = contextOf(response.req);
  if (status === 401) challenge(response, error);
  if (error.code === 'NOT_PERMITTED' || error.code === 'NOT_OWNER') notPermitted(response, error.code);
  if (error.code === 'FORBIDDEN') missingScope(response, error);
  // A more precise value may already be set.
  if ((status === 429 || status === 503) && !response.hasHeader('Retry-After')) {
    response.set('Retry-After', String(RETRY_AFTER));
  }
  // The unread rest of the body would be taken for the next request.
  if (status === 413) response.set('Connection', 'close');
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(error, requestId, publicUrl)));
}

/** @param patterns the paths of all routes, in Express syntax */
export function problems(
  { logger, settings }: Pick<ApiDeps, 'logger' | 'settings'>,
  patterns: readonly string[],
): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error =
      thrown instanceof ServiceError
        ? thrown
        : (fromExpress(thrown, request.path, patterns) ??
          new ServiceError('INTERNAL', messageOf(thrown), {}, { cause: thrown }));
    contextOf(request).problem = error.code;
    if (ERRORS[error.code].status >= 500) {
      const { requestId, route, jobId } = contextOf(request);
      const about = {
        request_id: requestId,
        route,
        code: error.code,
        ...(jobId === undefined ? {} : { job_id: jobId }),
      };
      logger.error({ ...about, err: error }, 'request failed');
    }
    // A partly sent response can't become a problem response: Express closes the connection.
    if (response.headersSent) next(thrown);
    else answer(response, error, settings.publicUrl);
  };
}
