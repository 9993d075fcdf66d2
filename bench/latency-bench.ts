import { seededDatabase } from './bench-stack.js';
import type { Lab } from './lab.js';
import type { BenchOptions } from './options.js';
import { LATENCY_ROWS, measureLatency, type Latency } from './latency-row.js';
import { pidsOfService, pidsOfStack } from './pids.js';
import { startService } from './service.js';

/** What a small export costs: a service of its own, and nothing else running. */
export async function benchLatency(lab: Lab, { cpuProfile }: BenchOptions): Promise<Latency> {
  const { stack, programs, dist, progress, signal } = lab;
  const sourceUrl = await seededDatabase(stack, LATENCY_ROWS, progress, signal);
  const options = { name: 'latency', dist, sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT, cpuProfile };
  const service = await progress.step('Service', () => startService(stack, programs, options));
  try {
    return await measureLatency(service, { ...pidsOfStack(stack), ...pidsOfService(service) }, progress, signal);
  } finally {
    await service.stop();
  }
}
