import { runMain } from '../shared/process/process.js';
import { newDataset } from './new-dataset/new-dataset.js';

/** `npm run dataset:new`: generates a dataset definition from a table in SOURCE_DATABASE_URL, or DATABASE_URL. */
async function main(): Promise<void> {
  const { SOURCE_DATABASE_URL: source, DATABASE_URL: jobs, JWT_TENANT_CLAIM: claim } = process.env;
  const setting = source === undefined ? 'DATABASE_URL' : 'SOURCE_DATABASE_URL';
  const settings = { databaseUrl: source ?? jobs, setting, hasTenants: claim !== '' };
  process.stdout.write(`${await newDataset(process.argv.slice(2), settings)}\n`);
}

await runMain(main, [Error]);
