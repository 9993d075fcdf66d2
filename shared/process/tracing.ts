import type { Tracing } from './start-tracing.js';

export type { Tracing } from './start-tracing.js';

/**
 * Starts OpenTelemetry tracing if `OTEL_EXPORTER_OTLP_ENDPOINT` is set; otherwise returns null without loading
 * OpenTelemetry, which reads its other variables (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, …) itself.
 */
export async function openTracing(
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: { readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined },
  service: string,
): Promise<Tracing | null> {
  if (endpoint === undefined) return null;
  const { startTracing } = await import('./start-tracing.js');
  return startTracing(service);
}
