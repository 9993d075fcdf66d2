import type { TelemetryOptions } from '@temporalio/worker';
import type { WorkerConfig } from '../shared/startup/config.js';

/**
 * What the SDK measures of its own work, served by itself at a port of its own: slots, polls, latencies of tasks. Names
 * as Prometheus has them: counters end in `_total`, times are seconds.
 */
export function sdkMetrics({ METRICS_HOST: host, METRICS_SDK_PORT: port }: WorkerConfig): TelemetryOptions {
  if (port === undefined) return {};
  const bindAddress = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    metrics: { prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } },
  };
}

/** The n-th process of a worker that has several serves its metrics n ports further. */
export const metricsPorts =
  ({ METRICS_PORT: own, METRICS_SDK_PORT: sdk }: WorkerConfig) =>
  (n: number): Readonly<Record<string, string>> => ({
    ...(own === undefined ? {} : { METRICS_PORT: String(own + n) }),
    ...(sdk === undefined ? {} : { METRICS_SDK_PORT: String(sdk + n) }),
  });
