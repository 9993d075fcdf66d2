const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';

/** A variable, a value that it can't have, and what its error says. */
export const WRONG_SETTINGS: readonly (readonly [string, string, string])[] = [
  ['DATABASE_URL', 'mysql://localhost/exports', 'must begin with postgres:// or postgresql://'],
  ['LINK_SECRET', 'short', 'must be at least 16 characters'],
  ...['seventeen letters,', ' sixteen and more', 'sixteen and more '].map(
    (secret) => ['LINK_SECRET', secret, 'must not contain commas, or start or end with a space'] as const,
  ),
  ['JWT_SECRET', 'short', 'must be at least 32 characters'],
  ...[
    'short',
    'a key of sixteen characters,short',
    ',',
    'a key of sixteen characters, a key of sixteen characters',
  ].map(
    (keys) =>
      [
        'AUDIT_KEY',
        keys,
        'must be a key of at least 16 characters, or several different ones separated by commas',
      ] as const,
  ),
  ['WEBHOOK_KEY', 'short', 'must be at least 32 characters'],
  ...['10.0.0.0/33', 'localhost', '10.0.0.0/8/8', 'fd00::/129', '10.0.0.0/8;127.0.0.1', '10.0.0.0/'].map(
    (list) => ['WEBHOOK_ALLOWED_RANGES', list, 'must be ranges of IP addresses such as 10.0.0.0/8,fd00::/8'] as const,
  ),
  ...['yes', '-1', '10.0.0.0/33', '0.0.0.0/0', 'loopback;10.0.0.1', 'loopback,'].map(
    (proxies) =>
      [
        'TRUST_PROXY',
        proxies,
        'must be true, false, a number of proxies, or their addresses such as loopback,10.0.0.0/8',
      ] as const,
  ),
  ['EXPORT_BUCKET', 'x', 'must be at least 3 characters'],
  ['PORT', 'http', 'must be a whole number'],
  ['PORT', '70000', 'must be at most 65535'],
  ['MAX_ACTIVE_EXPORTS', '0', 'must be at least 1'],
  ['SEGMENTS_IN_FLIGHT', '-1', 'must be a whole number'],
  ['MAX_ROWS', '1e6', 'must be a whole number'],
  ['MAX_BYTES', '0', 'must be at least 1'],
  ['URL_TTL_SECONDS', '604801', 'must be at most 604800'],
  ['RETRY_WINDOW', '1 week', 'must be a time such as 90s, 30m, 24h or 7d'],
  ['S3_ENDPOINT', 'http://', 'must be an address such as http://host:port'],
  ['S3_ENDPOINT', 'localhost:8333', 'must be an address such as http://host:port'],
  ['PUBLIC_URL', 'exports.example', 'must be an address such as http://host:port'],
  ['JWT_REQUIRE_SCOPE', 'yes', 'must be true or false'],
  ['JWT_JWKS_URL', 'file:///etc/keys', 'must be an address such as http://host:port'],
  ...[
    '=1',
    'x',
    '\u202ex=1',
    `${TENANT}=0`,
    `${TENANT}=1001`,
    TENANT,
    `${TENANT}=1;${TENANT}=2`,
    `${TENANT}=1,${TENANT}=2`,
  ].map(
    (list) =>
      ['TENANT_WEIGHTS', list, 'must be tenant ids, each with a weight from 0.001 to 1000, such as acme=2'] as const,
  ),
  ['MAX_ACTIVE_EXPORTS_PER_TENANT', '0', 'must be at least 1'],
  ['LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, fatal, silent'],
];
