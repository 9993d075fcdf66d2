/** `npm run seed -- [--orders N] [--single-tenant]`: sample data into SOURCE_DATABASE_URL, or DATABASE_URL. */
import { parseArgs } from 'node:util';
import { DEFAULT_ORDERS, parseOrders } from './sample-data/parse-orders.js';
import { seedSampleData } from './sample-data/seed.js';
import { createProgress } from './stack/progress.js';
import { messageOf } from './stack/stack-error.js';

try {
  const { values } = parseArgs({
    options: { orders: { type: 'string', default: String(DEFAULT_ORDERS) }, 'single-tenant': { type: 'boolean' } },
  });
  const orders = parseOrders(values.orders, '--orders');
  const databaseUrl = process.env.SOURCE_DATABASE_URL ?? process.env.DATABASE_URL;
  if (databaseUrl === undefined) throw new Error('Neither SOURCE_DATABASE_URL nor DATABASE_URL is set.');
  await createProgress(process.stdout).step(`Sample data, ${orders.toLocaleString('en')} orders`, async (say) => {
    const result = await seedSampleData({ databaseUrl, orders, singleTenant: values['single-tenant'] ?? false, say });
    say(result);
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
