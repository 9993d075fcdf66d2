import type { Registry } from 'prom-client';
import type { Scrape } from '../shared/infrastructure/metrics-server.js';
import { ApiMetrics } from './metrics.js';
import { ServiceState, type StateSources } from './service-state.js';

/** What an API process measures into a registry, and what a scrape of it answers. */
export function measureApi(registry: Registry, sources: StateSources): { metrics: ApiMetrics; scrape: Scrape } {
  const state = new ServiceState(registry, sources);
  const metrics = new ApiMetrics(registry);
  const scrape = async (): Promise<string> => {
    await state.refresh();
    return registry.metrics();
  };
  return { metrics, scrape };
}
