/** Values by key, for all namespaces and queues. */
export type DynamicConfig = Readonly<Record<string, boolean | number | string>>;

/**
 * The Temporal server settings that the service needs; docker-compose.temporal.yml has the same. docs/scaling.md
 * explains them.
 */
export const SERVICE_DYNAMIC_CONFIG: DynamicConfig = {
  // Without it, a stopping worker occasionally loses a task, which runs again only after its heartbeat timeout.
  'frontend.enableCancelWorkerPollsOnShutdown': true,
  'matching.enableFairness': true,
  // Priority and fairness apply within a partition: with the default four, a task waits until a worker polls its
  // partition.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

/** Serializes it for Temporal's server, which reads YAML and therefore JSON. */
export const dynamicConfigFile = (config: DynamicConfig): string =>
  JSON.stringify(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, [{ value }]])));
