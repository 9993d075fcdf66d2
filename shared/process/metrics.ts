import { Gauge, collectDefaultMetrics, type Registry } from '@prometheus-io/client';
import type { Pool } from '../postgres.js';
import { serviceVersion } from './service-version.js';

/**
 * Metrics of the library whose names Prometheus's linter rejects: gauges named like counters (`nodejs_active_resources`
 * has the same data), and names that end in their type.
 */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary',
];
/** The longest timer interval: the library can't turn off the timer of two metrics that are removed below. */
const NEVER_MS = 2 ** 31 - 1;

/** Metrics of the process, its memory and its event loop. Labels have few values: never a user, a tenant or a job. */
export function measureProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopUtilizationTimeout: NEVER_MS });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({
    name: 'export_build_info',
    help: 'Always 1; the label is the version of the service',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: serviceVersion() }, 1);
}

/** How many connections read the source database, and their limit. The load on it is the sum over all processes. */
export function measureReaders(registry: Registry, source: Pool): void {
  const registers = [registry];
  new Gauge({
    name: 'export_database_readers',
    help: 'Connections of this process that are reading the source database',
    registers,
    collect() {
      this.set(source.totalCount - source.idleCount);
    },
  });
  new Gauge({
    name: 'export_database_readers_limit',
    help: 'Connections to the source database that this process may open',
    registers,
    collect() {
      this.set(source.options.max);
    },
  });
}
