import type { Payload } from '@temporalio/common';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { fieldProblems, validationFailed } from '../../shared/request/field-problems.js';
import { PayloadKeyError } from '../../shared/temporal/payload-codec.js';
import type { ApiDeps } from '../deps.js';
import type { Described } from '../openapi/operation.js';
import { nothingHere } from '../static-file.js';

/**
 * Temporal's codec server (https://docs.temporal.io/codec-server): its Web UI and its CLI send payloads as Temporal keeps
 * them, and get them as they were before they were encrypted; or the other way round, for what an operator starts.
 */

/** Room for a history page of 4 MB in base64. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** Bytes as protobuf's JSON encodes them. */
const base64 = z.string().regex(/^[A-Za-z0-9+/=_-]*$/, 'must be base64');
const payloadSchema = z
  .object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() })
  .meta({ id: 'TemporalPayload' });
type JsonPayload = z.infer<typeof payloadSchema>;

export const codecPayloadsSchema = z.object({ payloads: z.array(payloadSchema) });

const fromJson = ({ metadata = {}, data = '' }: JsonPayload): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  data: Buffer.from(data, 'base64'),
});
const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const toJson = ({ metadata, data }: Payload): JsonPayload => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, toText(value)])),
  data: toText(data ?? Buffer.alloc(0)),
});

const run =
  (direction: 'encode' | 'decode') =>
  ({ temporal }: ApiDeps): RequestHandler =>
  async (request, response) => {
    const [codec] = temporal.client.options.loadedDataConverter.payloadCodecs;
    if (codec === undefined) throw nothingHere();
    const body = codecPayloadsSchema.safeParse(request.body);
    if (!body.success) throw validationFailed(fieldProblems(body.error));
    try {
      const payloads = await codec[direction](body.data.payloads.map(fromJson));
      response.json({ payloads: payloads.map(toJson) });
    } catch (error) {
      if (!(error instanceof PayloadKeyError)) throw error;
      throw validationFailed([{ pointer: '/payloads', detail: `cannot be decrypted. ${error.message}` }]);
    }
  };

/** `POST /temporal-codec/decode` */
export const decodePayloads = run('decode');
/** `POST /temporal-codec/encode` */
export const encodePayloads = run('encode');

const operation = (id: string, summary: string, example: JsonPayload): Described => ({
  id,
  tag: 'Service',
  summary,
  description: "A codec server for Temporal's Web UI and CLI. 404 if the service has no `PAYLOAD_KEY`.",
  // Not exports:admin, which is of one tenant: a payload may be any tenant's.
  scope: 'operator:decode',
  takes: 'TemporalPayloads',
  maxBodyBytes: MAX_BODY_BYTES,
  answers: {
    200: {
      description: 'The payloads, in the same order',
      schema: codecPayloadsSchema,
      example: { payloads: [example] },
    },
  },
  problems: ['NOT_FOUND'],
});

export const decodePayloadsOperation = operation('decodePayloads', "Decrypt Temporal's payloads", {
  metadata: { encoding: 'anNvbi9wbGFpbg==' },
  data: 'eyJqb2JJZCI6IjAxOTMzYjFjIn0=',
});
export const encodePayloadsOperation = operation('encodePayloads', 'Encrypt payloads for Temporal', {
  metadata: { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==', 'encryption-key-id': 'MjAyNi0xMQ==' },
  data: 'q83vASNFZ4k=',
});
