import { seededDatabase } from '../bench-stack.js';
import { LATENCY_ROWS } from '../latency.js';
import { LOAD, measureLoad } from '../load.js';
import { startMeter } from '../meter.js';
import { pidsOfService, pidsOfStack } from '../pids.js';
import { verdictTable } from '../report.js';
import { verdictsOfLoad } from '../verdicts.js';
import { withServices } from '../with-services.js';
import type { Row } from './row.js';

/** What many clients wait for, with their small exports running meanwhile. */
export const loadRow: Row = async (lab, options) => {
  const { stack, progress, signal } = lab;
  const sourceUrl = await seededDatabase(stack, LATENCY_ROWS, progress, signal);
  const services = { load: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT } };
  return withServices(lab, services, options, async ({ load: service }) => {
    const { users, getsPerSecond, postsPerSecond, seconds } = LOAD;
    const title = `Load, ${getsPerSecond} GET and ${postsPerSecond} POST a second of ${users} users, ${seconds} s`;
    const read = startMeter({ ...pidsOfStack(stack), ...pidsOfService(service) });
    const load = await progress.step(title, () => measureLoad(service, stack.env.JWT_SECRET, signal));
    const { cpu } = read();
    const verdicts = verdictsOfLoad(load);
    return { name: 'load', title, table: verdictTable(verdicts), results: { verdicts, load, cpu } };
  });
};
