import { Client, Connection, type ConnectionOptions, type WorkflowClientInterceptor } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { fewUpdatesAtOnce } from './few-updates.js';

/** What the client's and the worker's connections have in common. */
type ConnectOptions = Pick<ConnectionOptions, 'address' | 'tls' | 'metadata'> & { apiKey?: string };

export interface TemporalAddress {
  readonly connection: ConnectOptions;
  readonly namespace: string;
}

export interface TemporalClient {
  readonly client: Client;
  /** For the fence: a closed workflow would answer queries with what it knew when it closed. */
  readonly openOnly: Client;
  close(): Promise<void>;
}

/** `TEMPORAL_*` variables and Temporal's own configuration file, as every Temporal tool reads them. */
export function temporalAddress(): TemporalAddress {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const { apiKey, ...connection } = connectionOptions;
  return {
    connection: typeof apiKey === 'string' ? { ...connection, apiKey } : connection,
    namespace: namespace ?? 'default',
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
  { connection: options, namespace }: TemporalAddress,
  interceptors: readonly WorkflowClientInterceptor[] = [],
): TemporalClient {
  const connection = Connection.lazy({
    ...options,
    interceptors: [],
    // By itself, gRPC tries again after up to two minutes: that long after an outage calls would still be refused.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2000 },
  });
  return {
    client: new Client({ connection, namespace, interceptors: { workflow: [...interceptors, fewUpdatesAtOnce()] } }),
    openOnly: new Client({
      connection,
      namespace,
      interceptors: { workflow: [...interceptors] },
      workflow: { queryRejectCondition: 'NOT_OPEN' },
    }),
    close: () => connection.close(),
  };
}
