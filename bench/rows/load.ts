import pg from 'pg';
import { seededDatabase } from '../bench-stack.js';
import { LATENCY_ROWS } from '../latency.js';
import { LOAD, measureLoad } from '../load.js';
import { shareOfOthers, startMeter } from '../meter.js';
import { pidsOfService, pidsOfStack } from '../pids.js';
import { verdictTable } from '../report.js';
import { verdictsOfLoad } from '../verdicts.js';
import { withServices } from '../with-services.js';
import type { Row } from './row.js';

/**
 * Measures how long many clients wait. Their exports start, take a slot and wait for a locked table: in production,
 * other machines would read and write, and here that would use up both cores.
 */
export const loadRow: Row = async (lab, options) => {
  const { stack, progress, signal } = lab;
  const sourceUrl = await seededDatabase(stack, LATENCY_ROWS, progress, signal);
  const services = {
    load: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT, env: { MAX_ACTIVE_EXPORTS: '10' } },
  };
  return withServices(lab, services, options, async ({ load: service }) => {
    const { users, getsPerSecond, postsPerSecond, seconds } = LOAD;
    const title = `Load, ${getsPerSecond} GET and ${postsPerSecond} POST per second from ${users} users, ${seconds} s`;
    const read = startMeter({ ...pidsOfStack(stack), ...pidsOfService(service) });
    const load = await progress.step(title, () =>
      withLockedOrders(sourceUrl, () => measureLoad(service, stack.env.JWT_SECRET, signal)),
    );
    const reading = read();
    const others = shareOfOthers(reading);
    const verdicts = verdictsOfLoad(load);
    return {
      name: 'load',
      title,
      table: verdictTable(verdicts),
      verdicts,
      others,
      results: { load, others, cpu: reading.cpu },
    };
  });
};

async function withLockedOrders<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN; LOCK TABLE orders');
    return await work();
  } finally {
    await client.end();
  }
}
