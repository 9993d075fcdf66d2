import { Client, Connection, type ConnectionOptions, type WorkflowClientInterceptor } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PayloadKeys } from './payload-keys.js';
import { fewUpdatesAtOnce } from './few-updates.js';
import { createPayloadCodec } from './payload-codec.js';

/** What the client's and the worker's connections have in common. */
type ConnectOptions = Pick<ConnectionOptions, 'address' | 'tls' | 'metadata'> & { apiKey?: string };

export interface TemporalAddress {
  readonly connection: ConnectOptions;
  readonly namespace: string;
  /** How clients and workers encrypt what they send. Absent: nothing is encrypted. */
  readonly dataConverter?: DataConverter;
}

export interface TemporalClient {
  readonly client: Client;
  /** For the fence: a closed workflow would answer queries with what it knew when it closed. */
  readonly openOnly: Client;
  close(): Promise<void>;
}

/** Absolute, because Temporal requires it from elsewhere. */
export const FAILURE_CONVERTER = fileURLToPath(
  new URL(`encrypted-failures${extname(import.meta.url)}`, import.meta.url),
);

/** What a `TemporalAddress` has besides the address when payloads and failures are encrypted. */
export const encryptedBy = (keys: PayloadKeys | undefined): Pick<TemporalAddress, 'dataConverter'> =>
  keys === undefined
    ? {}
    : { dataConverter: { payloadCodecs: [createPayloadCodec(keys)], failureConverterPath: FAILURE_CONVERTER } };

/**
 * `TEMPORAL_*` variables and Temporal's own configuration file, as every Temporal tool reads them.
 * @param keys of `PAYLOAD_KEY`
 */
export function temporalAddress(keys: PayloadKeys | undefined): TemporalAddress {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const { apiKey, ...connection } = connectionOptions;
  return {
    connection: typeof apiKey === 'string' ? { ...connection, apiKey } : connection,
    namespace: namespace ?? 'default',
    ...encryptedBy(keys),
  };
}

/**
 * Connects lazily: a Temporal server that is away shows in `/readyz` and in 503s, not in a process that will not start.
 * The owner must `close()` it.
 *
 * No retries but our own: those of the SDK back off for up to 5 s, past the deadline of the call (10.4 s were measured
 * for one of 5 s), and on a connection that is closed meanwhile they end the process ("Channel has been shut down",
 * thrown by their timer). Activities are retried by Temporal, admission by itself.
 */
export function connectTemporal(
  { connection: options, namespace, dataConverter }: TemporalAddress,
  interceptors: readonly WorkflowClientInterceptor[] = [],
): TemporalClient {
  const connection = Connection.lazy({
    ...options,
    interceptors: [],
    // By itself, gRPC tries again after up to two minutes: that long after an outage calls would still be refused.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2000 },
  });
  const common = { connection, namespace, ...(dataConverter === undefined ? {} : { dataConverter }) };
  return {
    client: new Client({ ...common, interceptors: { workflow: [...interceptors, fewUpdatesAtOnce()] } }),
    openOnly: new Client({
      ...common,
      interceptors: { workflow: [...interceptors] },
      workflow: { queryRejectCondition: 'NOT_OPEN' },
    }),
    close: () => connection.close(),
  };
}
