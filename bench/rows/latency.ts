import { seededDatabase } from '../bench-stack.js';
import { LATENCY_ROWS, measureLatency } from '../latency.js';
import { pidsOfService, pidsOfStack } from '../pids.js';
import { verdictTable } from '../report.js';
import { verdictsOfLatency } from '../verdicts.js';
import { withServices } from '../with-services.js';
import type { Row } from './row.js';

/** Measures a small export on its own service, with nothing else running. */
export const latencyRow: Row = async (lab, options) => {
  const { stack, progress, signal } = lab;
  const sourceUrl = await seededDatabase(stack, LATENCY_ROWS, progress, signal);
  const services = { latency: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT } };
  return withServices(lab, services, options, async ({ latency: service }) => {
    const pids = { ...pidsOfStack(stack), ...pidsOfService(service) };
    const latency = await measureLatency(service, pids, progress, signal);
    const verdicts = verdictsOfLatency(latency, LATENCY_ROWS);
    const title = `Latency, ${latency.exports} exports`;
    return {
      name: 'latency',
      title,
      table: verdictTable(verdicts),
      verdicts,
      others: latency.others,
      results: { latency },
    };
  });
};
