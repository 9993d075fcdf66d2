import type { TelemetryOptions } from '@temporalio/worker';
import type { WorkerConfig } from '../shared/startup/config.js';

/**
 * The SDK's own metrics (slots, polls, task latencies), which it serves on a separate port. Follows Prometheus
 * conventions: counters end in `_total`, times are in seconds.
 */
export function sdkMetrics({ METRICS_HOST: host, METRICS_SDK_PORT: port }: WorkerConfig): TelemetryOptions {
  if (port === undefined) return {};
  const bindAddress = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    metrics: { prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } },
  };
}

/** With several processes, the n-th adds n to the metrics ports. */
export const metricsPorts =
  ({ METRICS_PORT: own, METRICS_SDK_PORT: sdk }: WorkerConfig) =>
  (n: number): Readonly<Record<string, string>> => ({
    ...(own === undefined ? {} : { METRICS_PORT: String(own + n) }),
    ...(sdk === undefined ? {} : { METRICS_SDK_PORT: String(sdk + n) }),
  });
