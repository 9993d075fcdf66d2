import { Client, Connection, type ConnectionOptions, type WorkflowClientInterceptor } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.js';
import type { PayloadKeys } from './payload-keys.js';
import { fewUpdatesAtOnce } from './few-updates.js';
import { createPayloadCodec } from './payload-codec.js';

/** Options that client and worker connections share. */
type ConnectOptions = Pick<ConnectionOptions, 'address' | 'tls' | 'metadata'> & { apiKey?: string };

/** Thrown when the Temporal settings are unusable; the message is a sentence for the operator. */
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
  /**
   * Rejects queries to closed workflows, which would otherwise answer from their last state. Used by `requireSlot`.
   */
  readonly openOnly: Client;
  close(): Promise<void>;
}

/** Temporal requires an absolute path. */
export const FAILURE_CONVERTER = fileURLToPath(
  new URL(`encrypted-failures${extname(import.meta.url)}`, import.meta.url),
);

/** The encryption settings of a `TemporalAddress`. */
export const encryptedBy = (keys: PayloadKeys | undefined): Pick<TemporalAddress, 'dataConverter'> =>
  keys === undefined
    ? {}
    : { dataConverter: { payloadCodecs: [createPayloadCodec(keys)], failureConverterPath: FAILURE_CONVERTER } };

/**
 * Reads the `TEMPORAL_*` variables and Temporal's own configuration file, as every Temporal tool does; an empty
 * variable counts as unset.
 * @param keys from `PAYLOAD_KEY`
 * @throws TemporalSettingsError when they are unusable, for example when a certificate file is missing
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
 * Connects lazily: while Temporal is down, `/readyz` and 503s report it, and the process still starts. The owner must
 * `close()` it.
 *
 * The SDK's retries are off: they back off for up to 5 s, past the call's deadline (measured: 10.4 s for a 5 s call),
 * and if the connection is closed meanwhile, their timer throws "Channel has been shut down" and ends the process.
 * Temporal retries activities; admission retries itself.
 */
export function connectTemporal(
  { connection: options, namespace, dataConverter }: TemporalAddress,
  interceptors: readonly WorkflowClientInterceptor[] = [],
): TemporalClient {
  const connection = Connection.lazy({
    ...options,
    interceptors: [],
    // gRPC's default reconnect backoff grows to two minutes, and calls would still fail that long after an outage.
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
