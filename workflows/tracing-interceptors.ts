import { context } from '@opentelemetry/api';
import { extractContextFromHeaders } from '@temporalio/interceptors-opentelemetry-v2/lib/instrumentation.js';
import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2/lib/workflow/index.js';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/**
 * Gives updates no span of their own; what they start becomes a child of the caller's span. A span would end a moment
 * after its update, so the answer would come after commands that it precedes in a history without tracing, and running
 * workflows would break when tracing is switched on or off.
 */
class Inbound extends OpenTelemetryInboundInterceptor {
  override handleUpdate: OpenTelemetryInboundInterceptor['handleUpdate'] = (input, next) =>
    context.with(extractContextFromHeaders(input.headers) ?? context.active(), () => next(input));
}

/** Creates spans for workflows. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [new Inbound()],
  outbound: [new OpenTelemetryOutboundInterceptor()],
  internals: [new OpenTelemetryInternalsInterceptor()],
});
