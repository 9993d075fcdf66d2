import type { Tracer } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { Resource } from '@opentelemetry/resources';
import type { WorkflowClientInterceptor } from '@temporalio/client';

/** What a process that is traced works with; its owner must `close()` it, which sends what is still to be sent. */
export interface Tracing {
  readonly tracer: Tracer;
  readonly resource: Resource;
  readonly processor: SpanProcessor;
  /** Take the trace of a call along to its workflow. */
  readonly client: readonly WorkflowClientInterceptor[];
  close(): Promise<void>;
}

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
