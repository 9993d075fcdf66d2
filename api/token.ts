import { messageOf } from '../shared/errors.js';
import { makeToken } from './make-token.js';

/** `npm run token`: a JWT for trying things out, signed with `JWT_SECRET`. */
try {
  process.stdout.write(`${await makeToken(process.argv.slice(2), process.env.JWT_SECRET)}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
