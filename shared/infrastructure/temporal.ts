import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

export interface TemporalAddress {
  readonly connection: ConnectionOptions;
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
  return { connection: connectionOptions, namespace: namespace ?? 'default' };
}

/**
 * Connects lazily: a Temporal server that is away shows in `/readyz` and in 503s, not in a process that will not start.
 * The owner must `close()` it.
 */
export function connectTemporal({ connection: options, namespace }: TemporalAddress): TemporalClient {
  const connection = Connection.lazy(options);
  return {
    client: new Client({ connection, namespace }),
    openOnly: new Client({ connection, namespace, workflow: { queryRejectCondition: 'NOT_OPEN' } }),
    close: () => connection.close(),
  };
}
