import type { Registry } from '@prometheus-io/client';
import type { Scrape } from '../../shared/process/metrics-server.js';
import { ApiMetrics } from './metrics.js';
import { ServiceState, type StateSources } from './service-state.js';

const FRESH_MS = 1000;

/** Creates an API process's metrics in a registry, and the response to a scrape. */
export function measureApi(registry: Registry, sources: StateSources): { metrics: ApiMetrics; scrape: Scrape } {
  const state = new ServiceState(registry, sources);
  const metrics = new ApiMetrics(registry);
  let latest: { readonly text: Promise<string>; readonly at: number } | null = null;
  // Anyone may scrape, and serializing a large registry takes milliseconds, so all requests within a second share a
  // response.
  const scrape: Scrape = () => {
    const now = performance.now();
    if (latest === null || now - latest.at >= FRESH_MS) {
      latest = { text: state.refresh().then(() => registry.metrics()), at: now };
    }
    return latest.text;
  };
  return { metrics, scrape };
}
