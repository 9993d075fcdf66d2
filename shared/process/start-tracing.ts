import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry-v2';
import { serviceVersion } from './service-version.js';
import { withTimeLimit } from '../time-limit.js';

/** What a process that is traced works with; its owner must `close()` it, which sends what is still to be sent. */
export interface Tracing {
  readonly tracer: Tracer;
  readonly resource: Resource;
  readonly processor: SpanProcessor;
  /** Take the trace of a call along to its workflow. */
  readonly client: readonly WorkflowClientInterceptor[];
  close(): Promise<void>;
}

/** A collector that is away must not hold up a process that stops. */
const FLUSH_MS = 2000;

/** @see openTracing */
export function startTracing(service: string): Tracing {
  const own = { 'service.name': service, 'service.version': serviceVersion() };
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES know it better.
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
