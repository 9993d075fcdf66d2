import type { RecordedAnswer } from '../support/recorded-store.js';
import { errorBody } from '../support/recorded-store.js';

/** A response that a store gave or documents. */
interface Recorded extends RecordedAnswer {
  /** Which store responds like this, and where that is documented. */
  readonly source: string;
}

const error = (status: number, code: string, message: string, source: string): Recorded => ({
  status,
  body: errorBody(code, message),
  source,
});

const AMAZON = 'https://docs.aws.amazon.com/AmazonS3/latest/API/';
const COMPLETED =
  '<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>exports</Bucket>' +
  '<Key>exports/a.csv</Key><ETag>&quot;3858f62230ac3c915f300c664312c11f-2&quot;</ETag></CompleteMultipartUploadResult>';

export const OK = {
  created: {
    status: 200,
    body: '<InitiateMultipartUploadResult><UploadId>VXBsb2Fk</UploadId></InitiateMultipartUploadResult>',
  },
  uploaded: { status: 200, headers: { etag: '"b54357faf0632cce46e942fa68356b38"' } },
  completed: { status: 200, body: `<?xml version="1.0" encoding="UTF-8"?>\n${COMPLETED}` },
  deleted: { status: 204 },
  deletedAll: { status: 200, body: '<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>' },
} as const satisfies Record<string, RecordedAnswer>;

/** Responses to CompleteMultipartUpload whose status, 200, was sent before the outcome was known. */
export const COMPLETED_LATE = {
  'white space, then success': {
    status: 200,
    body: `\n   \n  ${OK.completed.body}`,
    source: `${AMAZON}API_CompleteMultipartUpload.html`,
  },
} as const satisfies Record<string, Recorded>;

export const FAILED_LATE: Readonly<Record<string, Recorded>> = {
  'an error': {
    status: 200,
    body: errorBody('InternalError', 'We encountered an internal error. Please try again.'),
    source: `${AMAZON}API_CompleteMultipartUpload.html`,
  },
  'white space, then an error and a line end': {
    status: 200,
    body: `   \n${errorBody('SlowDown', 'Reduce your request rate.')}\n`,
    source: `${AMAZON}API_CompleteMultipartUpload.html; the SDK looks for </Error> at the very end`,
  },
  'nothing at all': { status: 200, body: '', source: 'https://github.com/aws/aws-sdk-js/pull/3259' },
};

/** Rejections of features that only some stores have; the service works without them. */
export const REFUSALS = {
  createChecksums: error(
    501,
    'NotImplemented',
    "Header 'x-amz-checksum-algorithm' with value 'CRC32' not implemented",
    'R2: https://github.com/cloudflare/cloudflare-docs/issues/4508',
  ),
  partChecksum: error(
    501,
    'NotImplemented',
    "Header 'x-amz-checksum-crc32' with value '8FJbTw==' not implemented",
    'R2: https://github.com/f2face/cloudflare-r2/issues/12',
  ),
  partChecksumType: error(
    400,
    'InvalidRequest',
    'Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: crc32',
    'Amazon, for an upload that another process opened without checksums: https://github.com/apache/opendal/pull/4533',
  ),
  createOnly: error(
    501,
    'NotImplemented',
    'A header you provided implies functionality that is not implemented',
    'Amazon before 2024 and stores like it: https://github.com/ceph/s3-tests/issues/218',
  ),
  bulkDelete: error(
    501,
    'NotImplemented',
    'A header or query you provided requested a function that is not implemented.',
    'Google: https://github.com/supabase/storage/issues/898',
  ),
  bulkDeleteAsPost: error(
    400,
    'InvalidArgument',
    'Invalid argument.',
    'Google, in 2018: https://github.com/minio/mc/issues/2398',
  ),
} as const satisfies Record<string, Recorded>;

/** MinIO's rejections of a full-object checksum for an upload that it treats as composite. */
export const OBJECT_CHECKSUM_REFUSALS: Readonly<Record<string, Recorded>> = {
  XAmzContentChecksumMismatch: error(
    400,
    'XAmzContentChecksumMismatch',
    "The provided 'x-amz-checksum' header does not match what was computed.",
    'https://github.com/pgsty/silo/issues/48',
  ),
  InvalidArgument: error(
    400,
    'InvalidArgument',
    'Invalid arguments provided: checksum type mismatch',
    'https://github.com/pgsty/silo/issues/48',
  ),
};

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n';

/** Temporary errors: a retry may succeed. */
export const PASSING: Readonly<Record<string, Recorded>> = {
  SlowDown: error(503, 'SlowDown', 'Please reduce your request rate.', `${AMAZON}ErrorResponses.html`),
  InternalError: error(500, 'InternalError', 'We encountered an internal error.', `${AMAZON}ErrorResponses.html`),
  ServiceUnavailable: error(503, 'ServiceUnavailable', 'Service is unable to handle request.', AMAZON),
  RequestTimeout: error(400, 'RequestTimeout', 'Your socket connection was not read from in time.', AMAZON),
  OperationAborted: error(409, 'OperationAborted', 'A conflicting conditional operation is in progress.', AMAZON),
  ExpiredToken: error(400, 'ExpiredToken', 'The provided token has expired.', `${AMAZON}ErrorResponses.html`),
  RequestTimeTooSkewed: error(403, 'RequestTimeTooSkewed', 'The difference is too large.', AMAZON),
  IncompleteBody: error(400, 'IncompleteBody', 'You did not provide the number of bytes specified.', AMAZON),
  NoSuchKey: error(404, 'NoSuchKey', 'The specified key does not exist.', AMAZON),
  XMinioStorageFull: error(507, 'XMinioStorageFull', 'Storage backend has reached its minimum free drive.', 'MinIO'),
  XMinioServerNotInitialized: error(503, 'XMinioServerNotInitialized', 'Server not initialized yet.', 'MinIO'),
  TooManyRequests: error(429, 'TooManyRequests', 'Please look at our rate limits.', 'R2 and Google'),
  'a proxy that cannot reach its store': {
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: BAD_GATEWAY,
    source: 'nginx',
  },
};

/** Permanent errors: no retry can succeed. */
export const FINAL: Readonly<Record<string, Recorded>> = {
  AccessDenied: error(403, 'AccessDenied', 'Access Denied', `${AMAZON}ErrorResponses.html`),
  InvalidAccessKeyId: error(403, 'InvalidAccessKeyId', 'The key ID does not exist in our records.', AMAZON),
  SignatureDoesNotMatch: error(403, 'SignatureDoesNotMatch', 'The signature does not match.', AMAZON),
  PermanentRedirect: error(301, 'PermanentRedirect', 'The bucket must be addressed elsewhere.', AMAZON),
  AuthorizationHeaderMalformed: error(400, 'AuthorizationHeaderMalformed', "the region 'x' is wrong", AMAZON),
  'KMS.DisabledException': error(400, 'KMS.DisabledException', 'The key is disabled.', AMAZON),
  EntityTooLarge: error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum.', AMAZON),
};

export const CONFLICT = error(
  409,
  'ConditionalRequestConflict',
  'The conditional request cannot succeed due to a conflicting operation against this resource.',
  `Amazon, while another completes or deletes: ${AMAZON}API_CompleteMultipartUpload.html`,
);
export const PRECONDITION_FAILED = error(412, 'PreconditionFailed', 'At least one did not hold', AMAZON);
export const NO_SUCH_UPLOAD = error(404, 'NoSuchUpload', 'The specified upload does not exist.', AMAZON);
export const UNEQUAL_PARTS = error(
  400,
  'InvalidPart',
  'All non-trailing parts must have the same length.',
  'R2: https://github.com/apache/opendal/issues/2904',
);
export const DELETED_BEFORE = error(
  404,
  'NoSuchKey',
  'The specified key does not exist.',
  'Google: https://github.com/apache/opendal/pull/2941',
);
