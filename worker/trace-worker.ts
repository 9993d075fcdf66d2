import type { InjectedSinks, WorkerInterceptors } from '@temporalio/worker';
import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
  makeWorkflowExporter,
  type OpenTelemetrySinks,
} from '@temporalio/interceptors-opentelemetry-v2';
import type { Tracing } from '../shared/process/tracing.js';

/** Options of a traced worker: spans for activities, and an exporter for workflow spans. */
export interface WorkerTraces {
  readonly activity: NonNullable<WorkerInterceptors['activity']>;
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
}

export function traceWorker({ tracer, resource, processor }: Tracing): WorkerTraces {
  return {
    activity: [
      (context) => ({
        inbound: new OpenTelemetryActivityInboundInterceptor(context, { tracer }),
        outbound: new OpenTelemetryActivityOutboundInterceptor(context),
      }),
    ],
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
  };
}
