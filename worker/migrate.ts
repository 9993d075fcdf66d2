import { readCommandLine } from '../shared/process/command-line.js';
import { messageOf } from '../shared/errors.js';
import { migrate } from '../shared/job/migrate.js';
import { runMain } from '../shared/process/process.js';
import { parseMigrateConfig } from '../shared/startup/config.js';

const USAGE = `npm run migrate

Creates or upgrades the service's own tables in DATABASE_URL. Safe to repeat.`;

/** `npm run migrate`: creates or upgrades the service's tables in `DATABASE_URL`. */
async function main(): Promise<void> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  const { DATABASE_URL: url } = parseMigrateConfig(process.env);
  await migrate(url).catch((error: unknown) => {
    throw new Error(`The service's tables couldn't be created: ${messageOf(error)}`, { cause: error });
  });
  process.stdout.write("The service's tables are up to date.\n");
}

await runMain(main, [Error]);
