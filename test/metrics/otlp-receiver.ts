import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';
import { z } from 'zod';

/** The fields used from `opentelemetry/proto/collector/trace/v1/trace_service.proto` and its imports. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated Attribute attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; repeated Attribute attributes = 9;
  }
  message Attribute { string key = 1; Value value = 2; }
  message Value { string string_value = 1; }
`);
const Request = root.lookupType('Request');

const hex = z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('hex'));
const attributes = z.array(z.object({ key: z.string(), value: z.object({ stringValue: z.string() }).nullable() }));
const span = z.object({ traceId: hex, spanId: hex, parentSpanId: hex, name: z.string(), attributes });
const requestSchema = z.object({
  resourceSpans: z.array(
    z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) }),
  ),
});

export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** String attributes; others are empty. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface OtlpReceiver {
  readonly url: string;
  /** All spans received so far. */
  readonly spans: readonly ReceivedSpan[];
  close(): void;
}

const texts = (list: z.infer<typeof attributes>): Record<string, string> =>
  Object.fromEntries(list.map(({ key, value }) => [key, value?.stringValue ?? '']));

function spansIn(body: Uint8Array): ReceivedSpan[] {
  const decoded = Request.toObject(Request.decode(body), { defaults: true });
  return requestSchema.parse(decoded).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = texts(resource.attributes)['service.name'] ?? '';
    const spans = scopeSpans.flatMap((scope) => scope.spans);
    return spans.map((one) => ({ ...one, service, attributes: texts(one.attributes) }));
  });
}

/** Receives spans as a collector does: OTLP over HTTP, as Protocol Buffers. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      if (request.url === '/v1/traces') spans.push(...spansIn(body));
      response.writeHead(request.url === '/v1/traces' ? 200 : 404).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
