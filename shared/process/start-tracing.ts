import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry-v2';
import { serviceVersion } from './service-version.js';
import { withTimeLimit } from '../time-limit.js';

/** Tracing of a process. Its owner must `close()` it, which sends the remaining spans. */
export interface Tracing {
  readonly tracer: Tracer;
  readonly resource: Resource;
  readonly processor: SpanProcessor;
  /** Interceptors that pass the trace of a call on to its workflow. */
  readonly client: readonly WorkflowClientInterceptor[];
  close(): Promise<void>;
}

/** An unavailable collector must not delay the exit of a process. */
const FLUSH_MS = 2000;

/** @see openTracing */
export function startTracing(service: string): Tracing {
  const own = { 'service.name': service, 'service.version': serviceVersion() };
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES take precedence.
  const resource = resourceFromAttributes(own).merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const tracer = provider.getTracer('export-service');
  return {
    tracer,
    resource,
    processor,
    client: [new OpenTelemetryWorkflowClientInterceptor({ tracer })],
    close: () => withTimeLimit(provider.shutdown(), FLUSH_MS).catch(() => undefined),
  };
}
