import { runMain } from '../shared/process/process.js';
import { makeToken } from './access/make-token.js';

/** `npm run token`: creates a JWT for local testing, signed with `JWT_SECRET`. */
async function main(): Promise<void> {
  process.stdout.write(`${await makeToken(process.argv.slice(2), process.env.JWT_SECRET)}\n`);
}

await runMain(main, [Error]);
