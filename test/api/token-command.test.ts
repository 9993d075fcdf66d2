import assert from 'node:assert/strict';
import { makeToken } from '../../api/access/make-token.js';
import { createTokenVerifier } from '../../api/access/verify-token.js';
import { UsageError } from '../../shared/process/command-line.js';
import { idClaims } from '../../api/access/token-claims.js';
import { runProgram } from './programs.js';
import { JWT_SECRET } from '../support/service.js';
import { assertProblem } from './problems.js';
import { someone, startApi } from './support.js';
import { verifiedPrincipal } from './verified-principal.js';

describe('tokens', () => {
  describe('from npm run token', () => {
    const { userId, tenantId } = someone();
    const ids = ['--user', userId, '--tenant', tenantId];
    it('are accepted by the API', async () => {
      const verify = createTokenVerifier({ secret: JWT_SECRET });
      const { code, stdout } = await runProgram(
        'api/token.ts',
        [...ids, '--email', 'alice@example.com', '--scope', 'exports:read', '--ttl', '2d'],
        { JWT_SECRET },
      );
      assert.equal(code, 0);
      const scopes = ['exports:read'];
      const [, payload = ''] = stdout.split('.');
      const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number; exp: number };
      assert.equal(exp - iat, 2 * 86_400);
      const caller = { userId, tenantId, email: 'alice@example.com', scopes, expiresAt: exp };
      assert.deepEqual(await verify(stdout.trim()), caller);
    });

    it('have the claims that the settings name, and need no tenant if no claim is set for it', async () => {
      const claims = idClaims('oid', 'org');
      const token = await makeToken(['--user', 'user_42', '--tenant', 'acme'], JWT_SECRET, claims);
      const verify = createTokenVerifier({ secret: JWT_SECRET, userClaim: 'oid', tenantClaim: 'org' });
      assert.deepEqual(await verifiedPrincipal(verify(token)), { userId: 'user_42', tenantId: 'acme' });

      const { code, stdout } = await runProgram('api/token.ts', ['--user', 'user_42'], {
        ...{ JWT_SECRET, JWT_TENANT_CLAIM: '' },
      });
      assert.equal(code, 0);
      const single = createTokenVerifier({ secret: JWT_SECRET, tenantClaim: null });
      assert.deepEqual(await verifiedPrincipal(single(stdout.trim())), { userId: 'user_42', tenantId: 'default' });
    });

    it('have the scopes of every --scope', async () => {
      const verify = createTokenVerifier({ secret: JWT_SECRET });
      const scopes = ['--scope', 'exports:read', '--scope', ' exports:write  exports:admin '];
      const token = await makeToken([...ids, ...scopes], JWT_SECRET);
      assert.deepEqual((await verify(token)).scopes, ['exports:read', 'exports:write', 'exports:admin']);
    });

    it('get a 401 if they have no id; its header is ASCII even if the name of the claim is not', async () => {
      const api = await startApi({ verifyToken: createTokenVerifier({ secret: JWT_SECRET, tenantClaim: '組織' }) });
      const answer = await api.ask('GET', '/v1/exports', { as: { userId, tenantId } });
      await api.close();
      assert.match(assertProblem(answer, 'UNAUTHENTICATED').detail, /The token's 組織 must be/);
      assert.match(answer.headers.get('WWW-Authenticate') ?? '', /error_description="The token's \?\? must be/);
    });

    it('are not issued for invalid arguments; one line says what is wrong', async () => {
      const { code, stdout, stderr } = await runProgram('api/token.ts', ids, {});
      const line = "Set JWT_SECRET to the API's secret, or start the local stack with npm start.\n";
      assert.deepEqual({ code, stdout, stderr }, { code: 1, stdout: '', stderr: line });
      const wrong: readonly (readonly [readonly string[], RegExp])[] = [
        [[], /^--user is required\.$/],
        [['--user', userId], /^--tenant is required\.$/],
        [['--user', 'a\nb', '--tenant', ''], /^--user must be 1 to 255 printable characters, .*; --tenant must be/],
        [[...ids, '--email', 'alice'], /^--email must be an email address\./],
        [[...ids, '--ttl', 'long'], /^--ttl must be a time such as 90s/],
        [[...ids, '--ttl', '0s'], /^--ttl must be a time such as 90s/],
        [
          [...ids, '--scope', 'exports:all'],
          /^--scope must be any of exports:read, exports:write, exports:admin, operator:decode, separated by spaces/,
        ],
        [[...ids, '--scope', ' '], /^--scope must be any of exports:read/],
        [[...ids, '--admin'], /^Unknown option '--admin'/],
        [[...ids, '--user', 'bob'], /^--user must be given only once\.$/],
        [[...ids, '--ttl=1h', '--ttl', '2h'], /^--ttl must be given only once\.$/],
      ];
      for (const [args, sentence] of wrong) {
        await assert.rejects(makeToken(args, JWT_SECRET), (error: unknown) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, sentence);
          assert.ok(!error.message.includes('\n'));
          return true;
        });
      }
    });
  });
});
