import { CompactSign, SignJWT, UnsecuredJWT, generateKeyPair } from 'jose';
import { signToken } from '../../api/access/sign-token.js';
import { JWT_SECRET } from '../support/service.js';
import type { Principal } from '../../api/deps.js';

type BadToken = readonly [string, () => Promise<string> | string, RegExp];

/** What is wrong with the token, as the end of a title; the `Authorization` header; and what the error says. */
export function badTokens(alice: Principal): readonly BadToken[] {
  const claims = { sub: alice.userId, tenant_id: alice.tenantId };
  const key = new TextEncoder().encode(JWT_SECRET);
  const signed = (payload: Record<string, unknown>, secret = key) =>
    new SignJWT({ exp: Math.floor(Date.now() / 1000) + 60, ...payload })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secret);

  const signedText = (payload: string): Promise<string> =>
    new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({ alg: 'HS256' }).sign(key);

  return [
    ['without a token', () => '', /must be "Bearer" followed by a token/],
    ['with another scheme', () => 'Basic YTpi', /must be "Bearer" followed by a token/],
    ['with a token that is not a JWT', () => 'Bearer abc', /is not a JWT/],
    [
      'with a token signed by another key',
      async () => `Bearer ${await signed(claims, new TextEncoder().encode('x'.repeat(32)))}`,
      /is not valid/,
    ],
    [
      'with a token whose payload was changed',
      async () => `Bearer ${(await signed(claims)).replace(/\.[^.]+\./, '.eyJzdWIiOiJhIn0.')}`,
      /is not valid/,
    ],
    [
      'with an unsigned token (algorithm none)',
      () => `Bearer ${new UnsecuredJWT(claims).setExpirationTime('1h').encode()}`,
      /algorithm is not accepted/,
    ],
    [
      'with a token signed by an untrusted private key',
      async () => `Bearer ${await byPublicKey(claims)}`,
      /algorithm is not accepted/,
    ],
    [
      'with an expired token',
      async () => `Bearer ${await signToken(JWT_SECRET, { ...alice, ttlSeconds: -60 })}`,
      /has expired/,
    ],
    ['with a token without exp', async () => `Bearer ${await signed({ ...claims, exp: undefined })}`, /exp claim/],
    [
      'with exp 1e999, which is infinite',
      async () => `Bearer ${await signedText(JSON.stringify(claims).replace('}', ',"exp":1e999}'))}`,
      /exp claim/,
    ],
    [
      'with a token that is not valid yet',
      async () => `Bearer ${await signed({ ...claims, nbf: Math.floor(Date.now() / 1000) + 60 })}`,
      /nbf claim/,
    ],
    [
      'with a token without a user',
      async () => `Bearer ${await signed({ tenant_id: alice.tenantId })}`,
      /sub must be 1 to 255/,
    ],
    [
      'with a token without a tenant',
      async () => `Bearer ${await signed({ sub: alice.userId })}`,
      /tenant_id must be 1 to 255/,
    ],
    [
      'with an empty user id',
      async () => `Bearer ${await signed({ ...claims, sub: '' })}`,
      /sub must be 1 to 255 printable characters/,
    ],
    [
      'with a line break in the tenant id',
      async () => `Bearer ${await signed({ ...claims, tenant_id: 'a\nb' })}`,
      /tenant_id must be 1 to 255 printable characters/,
    ],
    [
      'with a user of 256 characters',
      async () => `Bearer ${await signed({ ...claims, sub: 'x'.repeat(256) })}`,
      /sub must be 1 to 255 printable characters/,
    ],
    [
      'with a tenant with a control character',
      async () => `Bearer ${await signed({ ...claims, tenant_id: 'a\u0007' })}`,
      /tenant_id must be 1 to 255 printable characters/,
    ],
    [
      'with a user that cannot be part of a URL',
      async () => `Bearer ${await signed({ ...claims, sub: '..' })}`,
      /sub must be .* can't be "\." or "\.\."/,
    ],
  ];
}

async function byPublicKey(claims: Record<string, unknown>): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).setExpirationTime('1h').sign(privateKey);
}
