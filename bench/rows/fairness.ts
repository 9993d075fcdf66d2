import pg from 'pg';
import { CONTOSO } from '../../dev/sample-data/tenants.js';
import { seededDatabase } from '../bench-stack.js';
import { measureFairness } from '../fairness.js';
import { LATENCY_ROWS } from '../latency.js';
import { shareOfOthers, startMeter } from '../meter.js';
import { pidsOfService, pidsOfStack } from '../pids.js';
import { verdictTable } from '../report.js';
import { median } from '../statistics.js';
import { verdictsOfFairness } from '../verdicts.js';
import { withServices } from '../with-services.js';
import type { Row } from './row.js';

/**
 * A few rows of one tenant while another runs fifty exports of all its rows; control and data workers as in production.
 */
export const fairnessRow: Row = async (lab, options) => {
  const { stack, progress, signal } = lab;
  const { rows } = options;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const services = {
    fairness: {
      sourceUrl,
      s3Endpoint: stack.env.S3_ENDPOINT,
      workers: ['control', 'data'],
      env: { WORKER_DATA_SLOTS: '2' },
    },
  } as const;
  return withServices(lab, services, options, async ({ fairness: service }) => {
    const title = `${LATENCY_ROWS} rows alongside fifty exports of ${rows.toLocaleString('en')}`;
    const read = startMeter({ ...pidsOfStack(stack), ...pidsOfService(service) });
    const fairness = await progress.step(title, async (say) => {
      const measured = await withFewRows(sourceUrl, () => measureFairness(service, stack.env.JWT_SECRET, signal));
      say(
        `alone ${median(measured.alone).toFixed(0)} ms, then ${measured.beside.map((ms) => ms.toFixed(0)).join(', ')} ms`,
      );
      return measured;
    });
    const others = shareOfOthers(read());
    const verdicts = verdictsOfFairness(fairness);
    return { name: 'fairness', title, table: verdictTable(verdicts), verdicts, others, results: { fairness, others } };
  });
};

/** Runs `work` while the other tenant has copies of the first orders, under unused ids. */
async function withFewRows<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await remove(client);
    await client.query(
      `CREATE TEMPORARY TABLE few AS SELECT * FROM orders ORDER BY id LIMIT ${LATENCY_ROWS};
       UPDATE few SET id = -id, tenant_id = '${CONTOSO.id}';
       INSERT INTO orders SELECT * FROM few; ANALYZE orders`,
    );
    return await work();
  } finally {
    await remove(client).finally(() => client.end());
  }
}

const remove = (client: pg.Client): Promise<unknown> => client.query('DELETE FROM orders WHERE id < 0');
