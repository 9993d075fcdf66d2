import type { InjectedSinks } from '@temporalio/worker';
import type { WorkerMetrics } from '../shared/process/worker-metrics.js';
import type { MetricSinks } from '../workflows/metric-sinks.js';

/** Receives the workflows' metrics. By default, sinks are not called during replay. */
export const metricSinks = (metrics: WorkerMetrics): InjectedSinks<MetricSinks> => ({
  exportMetrics: {
    phaseEnded: {
      fn: (_info, phase, format, seconds) => {
        metrics.phaseEnded(phase, format, seconds);
      },
    },
    exportEnded: {
      fn: (_info, kind, status) => {
        metrics.exportEnded(kind, status);
      },
    },
  },
});
