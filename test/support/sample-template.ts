import type { StackEnv } from '../../dev/stack/stack-env.js';
import { seedSampleData } from '../../dev/sample-data/seed.js';
import { createMigratedDatabase, type TestDatabase } from './database.js';

const templates = new Map<string, Promise<TestDatabase>>();
/** Sample data is created once per size and server, and then copied. */
export function sampleTemplate(orders: number, singleTenant: boolean, env: StackEnv): Promise<TestDatabase> {
  const kind = `${orders} ${singleTenant} ${env.DATABASE_URL}`;
  const made = templates.get(kind) ?? makeTemplate(orders, singleTenant, env);
  templates.set(kind, made);
  return made;
}
async function makeTemplate(orders: number, singleTenant: boolean, env: StackEnv): Promise<TestDatabase> {
  const database = await createMigratedDatabase(env);
  await seedSampleData({ databaseUrl: database.url, orders, singleTenant });
  return database;
}
