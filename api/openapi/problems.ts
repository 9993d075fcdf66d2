import { ERRORS, type ErrorCode } from '../../shared/errors.js';
import { problemSchema } from '../../shared/request/problem-schema.js';
import { errorTypeUrl } from './error-docs.js';
import { RESPONSE_HEADERS, type ResponseHeader } from './headers.js';
import type { Operation } from './operation.js';
import type { Json, Schemas } from './schemas.js';

/** The error responses of an operation, from the error table: one per status, with its possible codes. */

/** VALIDATION_FAILED also for a body or for query parameters that the operation doesn't take. */
const AUTHENTICATED: readonly ErrorCode[] = [
  'VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'TEMPORARILY_UNAVAILABLE',
];
const WITH_BODY: readonly ErrorCode[] = ['VALIDATION_FAILED', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
const OF_A_JOB: readonly ErrorCode[] = ['VALIDATION_FAILED', 'NOT_FOUND', 'JOB_STORE_UNAVAILABLE'];

const HEADERS: Readonly<Record<number, readonly ResponseHeader[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** Every error code that an operation can return. */
function codesOf(operation: Operation): readonly ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      'INTERNAL',
      ...(operation.path.includes(':') ? (['VALIDATION_FAILED', 'NOT_FOUND'] as const) : []),
      ...(operation.query === undefined ? [] : (['VALIDATION_FAILED'] as const)),
      ...(operation.scope === undefined ? [] : AUTHENTICATED),
      ...(operation.body === undefined ? [] : WITH_BODY),
      ...(operation.path.includes(':job_id') ? OF_A_JOB : []),
      ...(operation.problems ?? []),
    ]),
  ];
}

/** Extension members for the example of a code. */
const DETAILS: Partial<Record<ErrorCode, Json>> = {
  VALIDATION_FAILED: { errors: [{ pointer: '/filters/status/0', detail: 'must be one of paid, shipped' }] },
  TOO_MANY_EXPORTS: {
    active_job_ids: ['01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60', '01933b1d-0f6e-7bd2-8d5e-52c1b5a0c7aa'],
  },
  TENANT_TOO_BUSY: { max_active_exports: 100 },
  IDEMPOTENCY_KEY_REUSED: { job_id: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60' },
  NOT_READY: { status_of_job: 'PROCESSING' },
};

const exampleOf = (code: ErrorCode): Json => ({
  ...DETAILS[code],
  type: errorTypeUrl('https://exports.example.com', code),
  title: ERRORS[code].title,
  status: ERRORS[code].status,
  detail: `${ERRORS[code].title}.`,
  code,
  request_id: RESPONSE_HEADERS['X-Request-Id'].example,
});

/** Responses by status. */
export function problemResponses(operation: Operation, schemas: Schemas): Record<string, Json> {
  // The same for all, so that a generated client has one type for errors.
  const schema = schemas.output(problemSchema);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(operation)) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const response = (status: number, codes: readonly ErrorCode[]): Json => ({
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; '),
    headers: headerRefs(operation, HEADERS[status]),
    content: {
      'application/problem+json': {
        schema,
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  });
  return Object.fromEntries([...byStatus].map(([status, codes]) => [String(status), response(status, codes)]));
}

/** Every response has a request id; those that need a token also have the rate limits. */
export const headerRefs = ({ scope }: Operation, names: readonly ResponseHeader[] = []): Json =>
  Object.fromEntries(
    ['X-Request-Id', ...(scope === undefined ? [] : ['RateLimit', 'RateLimit-Policy']), ...names].map((name) => [
      name,
      { $ref: `#/components/headers/${name}` },
    ]),
  );
