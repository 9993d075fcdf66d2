import { runMain } from '../shared/process/process.js';
import { parseTokenConfig } from '../shared/startup/config.js';
import { makeToken } from './access/make-token.js';
import { idClaims } from './access/token-claims.js';

/** `npm run token`: creates a JWT for local testing, signed with `JWT_SECRET`. */
async function main(): Promise<void> {
  const { JWT_USER_CLAIM, JWT_TENANT_CLAIM } = parseTokenConfig(process.env);
  const claims = idClaims(JWT_USER_CLAIM, JWT_TENANT_CLAIM);
  process.stdout.write(`${await makeToken(process.argv.slice(2), process.env.JWT_SECRET, claims)}\n`);
}

await runMain(main, [Error]);
