/** Describes each header once, for all operations that use it. */

const text = (pattern?: string) => ({ type: 'string', ...(pattern === undefined ? {} : { pattern }) });

export const REQUEST_HEADERS = {
  'Idempotency-Key': {
    description:
      'Makes a POST safe to repeat: the same key with the same request returns the same export or schedule; with a different request, a 422.',
    schema: text('^[!-~]{1,255}$'),
    example: 'monthly-2026-01',
  },
  'Last-Event-ID': {
    description: 'Sent by browsers when they reconnect. Not needed: the first event is always the current state.',
    schema: text(),
    example: '17',
  },
  'X-Request-Id': {
    description:
      'Your id for this request: 1 to 128 letters, digits and `_.:-`; any other value is replaced. It appears in the response and in the log.',
    schema: text(),
    example: 'checkout-7f3a',
  },
} as const;
export type RequestHeader = keyof typeof REQUEST_HEADERS;

export const RESPONSE_HEADERS = {
  'X-Request-Id': {
    description: 'The id of this request: the one you sent, or a new one.',
    required: true,
    schema: text('^[\\w.:-]{1,128}$'),
    example: '4f8b1f0e-3c55-4a53-9f0e-0d9b4f7a5f11',
  },
  Location: {
    description: 'The URL of the created resource, or of the file.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
    example: '/v1/exports/01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60',
  },
  'Retry-After': {
    description: 'Seconds to wait before trying again.',
    required: true,
    schema: text('^\\d+$'),
    example: '5',
  },
  'RateLimit-Policy': {
    description:
      'The limits per user and per tenant: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers). Each process counts separately.',
    schema: text(),
    example: '"user";q=1200;w=60;pk=:N2Y5:, "tenant";q=30000;w=60;pk=:MGE3:',
  },
  RateLimit: {
    description: 'What remains of each limit: `r` requests for the next `t` seconds.',
    schema: text(),
    example: '"user";r=1187;t=42, "tenant";r=29410;t=42',
  },
  'WWW-Authenticate': {
    description: 'RFC 6750: says that a bearer token is required, or what is wrong with the one you sent.',
    required: true,
    schema: text('^Bearer'),
    example: 'Bearer error="invalid_token", error_description="The token has expired."',
  },
} as const;
export type ResponseHeader = keyof typeof RESPONSE_HEADERS;
