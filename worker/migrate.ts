import { parseArgs } from 'node:util';
import { messageOf } from '../shared/errors.js';
import { migrate } from '../shared/infrastructure/migrate.js';

/** `npm run migrate`: creates or upgrades the service's tables in `DATABASE_URL`. */
const { DATABASE_URL: url } = process.env;
parseArgs({ options: {} });
if (url === undefined || url === '') {
  process.stderr.write('DATABASE_URL is not set.\n');
  process.exitCode = 1;
} else {
  try {
    await migrate(url);
    process.stdout.write('The tables of the service are up to date.\n');
  } catch (error) {
    process.stderr.write(`The tables of the service could not be made: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}
