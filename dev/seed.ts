import { readCommandLine } from '../shared/process/command-line.js';
import { runMain } from '../shared/process/process.js';
import { DEFAULT_ORDERS, parseOrders } from './sample-data/parse-orders.js';
import { seedSampleData } from './sample-data/seed.js';
import { createProgress } from './stack/progress.js';

const USAGE = `npm run seed [-- --orders N] [--single-tenant]

Fills SOURCE_DATABASE_URL (or DATABASE_URL) with the sample shop. npm start does this automatically.

  --orders N        number of orders, ${DEFAULT_ORDERS.toLocaleString('en')} by default
  --single-tenant   give all orders to the first tenant`;

/** `npm run seed -- [--orders N] [--single-tenant]`: loads sample data into SOURCE_DATABASE_URL, or DATABASE_URL. */
async function main(): Promise<void> {
  const { values } = readCommandLine(process.argv.slice(2), {
    usage: USAGE,
    options: { orders: { type: 'string', default: String(DEFAULT_ORDERS) }, 'single-tenant': { type: 'boolean' } },
  });
  const orders = parseOrders(values.orders, '--orders');
  const databaseUrl = process.env.SOURCE_DATABASE_URL ?? process.env.DATABASE_URL;
  if (databaseUrl === undefined) throw new Error('Set SOURCE_DATABASE_URL or DATABASE_URL to the database to fill.');
  await createProgress(process.stdout).step(`Sample data, ${orders.toLocaleString('en')} orders`, async (say) => {
    const result = await seedSampleData({ databaseUrl, orders, singleTenant: values['single-tenant'] ?? false, say });
    say(result);
  });
}

await runMain(main, [Error]);
