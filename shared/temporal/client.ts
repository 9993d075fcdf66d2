import { Client, Connection, type ConnectionOptions, type WorkflowClientInterceptor } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.js';
import type { PayloadKeys } from './payload-keys.js';
import { fewUpdatesAtOnce } from './few-updates.js';
import { createPayloadCodec } from './payload-codec.js';

/** What the client's and the worker's connections have in common. */
type ConnectOptions = Pick<ConnectionOptions, 'address' | 'tls' | 'metadata'> & { apiKey?: string };

/** The message is a sentence for whoever starts a process. */
export class TemporalSettingsError extends Error {
  override readonly name = 'TemporalSettingsError';
}

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
 * `TEMPORAL_*` variables and Temporal's own configuration file, as every Temporal tool reads them; an empty variable
 * counts as not set.
 * @param keys of `PAYLOAD_KEY`
 * @throws TemporalSettingsError when they cannot be used, such as a certificate that is not there
 */
export function temporalAddress(keys: PayloadKeys | undefined): TemporalAddress {
  const { connectionOptions, namespace } = readSettings();
  const { apiKey, ...connection } = connectionOptions;
  return {
    connection: typeof apiKey === 'string' ? { ...connection, apiKey } : connection,
    namespace: namespace ?? 'default',
    ...encryptedBy(keys),
  };
}

function readSettings(): ReturnType<typeof loadClientConnectConfig> {
  const set = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set) });
  } catch (error) {
    throw new TemporalSettingsError(`Temporal's settings (TEMPORAL_*) cannot be used: ${messageOf(error)}.`);
  }
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
