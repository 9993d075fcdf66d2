import { context } from '@opentelemetry/api';
import { extractContextFromHeaders } from '@temporalio/interceptors-opentelemetry-v2/lib/instrumentation.js';
import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2/lib/workflow/index.js';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/**
 * Gives updates no span of their own: what they start hangs below the caller's span. A span would end a moment after
 * its update, whose answer would then follow commands that it precedes in the history of a worker without tracing, and
 * running workflows could not continue once tracing is switched on or off.
 */
class Inbound extends OpenTelemetryInboundInterceptor {
  override handleUpdate: OpenTelemetryInboundInterceptor['handleUpdate'] = (input, next) =>
    context.with(extractContextFromHeaders(input.headers) ?? context.active(), () => next(input));
}

/** Creates spans of what workflows do. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [new Inbound()],
  outbound: [new OpenTelemetryOutboundInterceptor()],
  internals: [new OpenTelemetryInternalsInterceptor()],
});
