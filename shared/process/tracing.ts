import type { Tracing } from './start-tracing.js';

export type { Tracing } from './start-tracing.js';

/**
 * Traces by OpenTelemetry, where `OTEL_EXPORTER_OTLP_ENDPOINT` says whom to send them to. Else null, and nothing of
 * OpenTelemetry is loaded. Its other variables (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, …) are read by itself.
 */
export async function openTracing(
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: { readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined },
  service: string,
): Promise<Tracing | null> {
  if (endpoint === undefined) return null;
  const { startTracing } = await import('./start-tracing.js');
  return startTracing(service);
}
