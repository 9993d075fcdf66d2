import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { validationFailed } from '../../shared/request/field-problems.js';
import { PayloadKeyError } from '../../shared/temporal/payload-codec.js';
import { defineRoute } from '../http/define-route.js';
import type { Route } from '../openapi/operation.js';
import { nothingHere } from '../http/static-file.js';

/**
 * A codec server (https://docs.temporal.io/codec-server): decrypts payloads for Temporal's Web UI and CLI, and encrypts
 * them for workflows that an operator starts.
 */

/** Room for a history page of 4 MB in base64. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** Bytes as protobuf's JSON encodes them. */
const base64 = z.string().regex(/^[A-Za-z0-9+/=_-]*$/, 'must be base64');
const payloadSchema = z
  .object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() })
  .meta({ id: 'TemporalPayload' });
type JsonPayload = z.infer<typeof payloadSchema>;

const payloadsSchema = z.object({ payloads: z.array(payloadSchema) });

const fromJson = ({ metadata = {}, data = '' }: JsonPayload): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  data: Buffer.from(data, 'base64'),
});
const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const toJson = ({ metadata, data }: Payload): JsonPayload => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, toText(value)])),
  data: toText(data ?? Buffer.alloc(0)),
});

interface CodecRoute {
  readonly direction: 'encode' | 'decode';
  readonly summary: string;
  readonly example: JsonPayload;
}

const codecRoute = ({ direction, summary, example }: CodecRoute): Route =>
  defineRoute({
    method: 'post',
    path: `/temporal-codec/${direction}`,
    id: `${direction}Payloads`,
    tag: 'Service',
    summary,
    description: "A codec server for Temporal's Web UI and CLI. 404 if the service has no `PAYLOAD_KEY`.",
    // Not exports:admin, which is limited to one tenant: payloads can belong to any tenant.
    scope: 'operator:decode',
    body: payloadsSchema.meta({ id: 'TemporalPayloads' }),
    maxBodyBytes: MAX_BODY_BYTES,
    answers: {
      200: {
        description: 'The payloads, in the same order',
        schema: payloadsSchema,
        example: { payloads: [example] },
      },
    },
    problems: ['NOT_FOUND'],
    handle:
      ({ temporal }) =>
      async ({ body }) => {
        const [codec] = temporal.client.options.loadedDataConverter.payloadCodecs;
        if (codec === undefined) throw nothingHere();
        try {
          const payloads = await codec[direction](body.payloads.map(fromJson));
          return { status: 200, body: { payloads: payloads.map(toJson) } };
        } catch (error) {
          if (!(error instanceof PayloadKeyError)) throw error;
          throw validationFailed([{ pointer: '/payloads', detail: `cannot be decrypted. ${error.message}` }]);
        }
      },
  });

export const decodePayloads = codecRoute({
  direction: 'decode',
  summary: "Decrypt Temporal's payloads",
  example: { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'eyJqb2JJZCI6IjAxOTMzYjFjIn0=' },
});

export const encodePayloads = codecRoute({
  direction: 'encode',
  summary: 'Encrypt payloads for Temporal',
  example: {
    metadata: { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==', 'encryption-key-id': 'MjAyNi0xMQ==' },
    data: 'q83vASNFZ4k=',
  },
});
