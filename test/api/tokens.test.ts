import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { createTokenVerifier, type TokenTrust } from '../../api/access/verify-token.js';
import { serve, type RunningServer } from '../../api/server.js';
import { JWT_SECRET } from '../support/service.js';
import { verifiedPrincipal } from './verified-principal.js';

const USER = '6F1B7C1E-0000-4000-8000-00000000000A';
const TENANT = '6F1B7C1E-0000-4000-8000-00000000000B';
const PRINCIPAL = { userId: USER.toLowerCase(), tenantId: TENANT.toLowerCase() };

describe('tokens', () => {
  describe('from an identity provider', () => {
    const keys = new Map<string, CryptoKey>();
    let provider: RunningServer;
    let answer: string;
    let jwksUrl: string;

    before(async () => {
      const published = [];
      for (const alg of ['RS256', 'ES256', 'EdDSA']) {
        const { publicKey, privateKey } = await generateKeyPair(alg);
        keys.set(alg, privateKey);
        published.push({ ...(await exportJWK(publicKey)), kid: alg, alg });
      }
      answer = JSON.stringify({ keys: published });
      provider = await serve((_request, response) => response.end(answer), { host: '127.0.0.1', port: 0 });
      jwksUrl = `http://127.0.0.1:${provider.port}/keys`;
    });
    after(() => provider.close(0));

    const claims = { sub: USER, tenant_id: TENANT, email: 'alice@example.com' };
    const signed = (alg: string, payload: Record<string, unknown> = claims): Promise<string> =>
      new SignJWT(payload)
        .setProtectedHeader({ alg, kid: alg })
        .setIssuer('https://id.example')
        .setAudience('exports')
        .setExpirationTime('1h')
        .sign(keys.get(alg) ?? new Uint8Array());

    it('are accepted with any of the public-key signatures; their UUIDs become lower case', async () => {
      const verify = createTokenVerifier({ jwksUrl });
      for (const alg of keys.keys()) {
        const principal = await verifiedPrincipal(verify(await signed(alg)));
        assert.deepEqual(principal, { ...PRINCIPAL, email: 'alice@example.com', scopes: [] });
      }
    });

    it('may have any printable text as ids, in the claims that the settings name', async () => {
      const auth0 = { sub: 'auth0|5f7c8ec7', 'https://acme.example/org': 'org_7', 'custom:tenant': 17 };
      const idsOf = async (trust: Partial<TokenTrust>, payload: Record<string, unknown> = auth0) => {
        const { userId, tenantId } = await createTokenVerifier({ jwksUrl, ...trust })(await signed('ES256', payload));
        return { userId, tenantId };
      };
      const org = { tenantClaim: 'https://acme.example/org' };
      assert.deepEqual(await idsOf(org), { userId: 'auth0|5f7c8ec7', tenantId: 'org_7' });
      assert.deepEqual(await idsOf({ tenantClaim: 'custom:tenant' }), { userId: 'auth0|5f7c8ec7', tenantId: '17' });
      assert.deepEqual(await idsOf({ ...org, userClaim: 'oid' }, { ...auth0, oid: 'U 1' }), {
        userId: 'U 1',
        tenantId: 'org_7',
      });
      assert.deepEqual(await idsOf({ tenantClaim: null }), { userId: 'auth0|5f7c8ec7', tenantId: 'default' });
    });

    it('without usable ids get a 401 that names their claims', async () => {
      const unusable = [
        undefined,
        null,
        '',
        'a'.repeat(256),
        'a\0',
        'a\nb',
        '.',
        '..',
        '\u202ea',
        2 ** 53,
        true,
        ['a'],
        { id: 1 },
      ];
      for (const id of unusable) {
        const verify = createTokenVerifier({ jwksUrl, userClaim: 'oid' });
        const sentence = 'must be 1 to 255 printable characters, and can\'t be "." or "..".';
        await assert.rejects(verify(await signed('ES256', { oid: 'u', tenant_id: id })), {
          code: 'UNAUTHENTICATED',
          message: `The token's tenant_id ${sentence}`,
        });
        await assert.rejects(verify(await signed('ES256', { oid: id, tenant_id: id })), {
          code: 'UNAUTHENTICATED',
          message: `The token's oid and tenant_id ${sentence}`,
        });
      }
    });

    it('must have the required issuer and audience', async () => {
      const token = await signed('ES256');
      await createTokenVerifier({ jwksUrl, issuer: 'https://id.example', audience: 'exports' })(token);
      const otherIssuer = createTokenVerifier({ jwksUrl, issuer: 'https://other.example' });
      await assert.rejects(otherIssuer(token), { code: 'UNAUTHENTICATED', message: /iss claim/ });
      const otherAudience = createTokenVerifier({ jwksUrl, audience: 'mail' });
      await assert.rejects(otherAudience(token), { code: 'UNAUTHENTICATED', message: /aud claim/ });
    });

    it('cannot be made from a public key used as a secret', async () => {
      const secret = new TextEncoder().encode(answer);
      const forged = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'RS256' }).setExpirationTime('1h');
      await assert.rejects(createTokenVerifier({ jwksUrl })(await forged.sign(secret)), { code: 'UNAUTHENTICATED' });
    });

    it('must have no type, or one that this API accepts', async () => {
      const verify = createTokenVerifier({ jwksUrl });
      const typed = (typ: string): Promise<string> =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'ES256', kid: 'ES256', typ })
          .setExpirationTime('1h')
          .sign(keys.get('ES256') ?? new Uint8Array());
      for (const typ of ['JWT', 'at+jwt', 'application/at+jwt']) await verify(await typed(typ));
      for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', '']) {
        await assert.rejects(verify(await typed(typ)), {
          code: 'UNAUTHENTICATED',
          message: /doesn't accept tokens of this type/,
        });
      }
      const header = Buffer.from('{"alg":"ES256","typ":7}').toString('base64url');
      await assert.rejects(verify(`${header}.e30.AA`), { code: 'UNAUTHENTICATED' });
    });

    it('cannot provide their own verification key', async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const jwk = await exportJWK(publicKey);
      const verify = createTokenVerifier({ jwksUrl, secret: JWT_SECRET });
      for (const header of [
        { jwk },
        { jwk, kid: 'ES256' },
        { jku: `${jwksUrl}/mine`, kid: 'mine' },
        { x5u: jwksUrl },
      ]) {
        const forged = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).setExpirationTime('1h');
        await assert.rejects(verify(await forged.sign(privateKey)), { code: 'UNAUTHENTICATED' });
      }
    });

    it('are accepted with a key published a moment ago, and with the previous one', async () => {
      const verify = createTokenVerifier({ jwksUrl, rotationMs: 100 });
      await verify(await signed('ES256'));
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      keys.set('new', privateKey);
      const rotated = (): Promise<string> =>
        new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'new' }).setExpirationTime('1h').sign(privateKey);
      await assert.rejects(verify(await rotated()), { code: 'UNAUTHENTICATED' });

      const before = answer;
      const { keys: published } = JSON.parse(answer) as { keys: unknown[] };
      answer = JSON.stringify({ keys: [...published, { ...(await exportJWK(publicKey)), kid: 'new', alg: 'ES256' }] });
      await sleep(150);
      await verify(await rotated());
      await verify(await signed('ES256'));
      answer = before;
      keys.delete('new');
    });

    it('are accepted alongside tokens signed with the secret', async () => {
      const verify = createTokenVerifier({ jwksUrl, secret: JWT_SECRET });
      const own = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h');
      await verify(await own.sign(new TextEncoder().encode(JWT_SECRET)));
      await verify(await signed('ES256'));
    });

    it('with an invalid email address are accepted without it', async () => {
      const token = await signed('ES256', { ...claims, email: 'alice' });
      const principal = await verifiedPrincipal(createTokenVerifier({ jwksUrl })(token));
      assert.deepEqual(principal, { ...PRINCIPAL, scopes: [] });
    });

    it('have the scopes that scope, scp and permissions name, as text or as a list', async () => {
      const verify = createTokenVerifier({ jwksUrl });
      const scopesOf = async (named: Record<string, unknown>) =>
        (await verify(await signed('ES256', { ...claims, ...named }))).scopes;
      for (const claim of ['scope', 'scp', 'permissions']) {
        assert.deepEqual(await scopesOf({ [claim]: 'exports:read  exports:write' }), ['exports:read', 'exports:write']);
        assert.deepEqual(await scopesOf({ [claim]: ['exports:read'] }), ['exports:read']);
        for (const nothing of ['', [], 7, null, { a: 1 }]) assert.deepEqual(await scopesOf({ [claim]: nothing }), []);
      }
      const both = { scope: 'openid profile', permissions: ['exports:read'], scp: 'openid' };
      assert.deepEqual(await scopesOf(both), ['openid', 'profile', 'exports:read']);
    });

    it('without scopes allow nothing, or read and write if signed with the secret; JWT_REQUIRE_SCOPE overrides both', async () => {
      const own = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(JWT_SECRET));
      const theirs = await signed('ES256');
      for (const [requireScope, ofSecret, ofProvider] of [
        [undefined, undefined, []],
        [true, [], []],
        [false, undefined, undefined],
      ] as const) {
        const verify = createTokenVerifier({ jwksUrl, secret: JWT_SECRET, requireScope });
        assert.deepEqual([(await verify(own)).scopes, (await verify(theirs)).scopes], [ofSecret, ofProvider]);
      }
    });

    it('return 503 when the provider does not answer', async () => {
      const token = await signed('ES256');
      const nobody = createTokenVerifier({ jwksUrl: 'http://127.0.0.1:9/keys' });
      await assert.rejects(nobody(token), { code: 'TEMPORARILY_UNAVAILABLE' });
      const nonsense = createTokenVerifier({ jwksUrl: `http://127.0.0.1:${provider.port}/` });
      answer = 'not JSON';
      await assert.rejects(nonsense(token), { code: 'TEMPORARILY_UNAVAILABLE' });
    });
  });
});
