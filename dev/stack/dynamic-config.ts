/** Values by key, for every namespace and queue. */
export type DynamicConfig = Readonly<Record<string, boolean | number | string>>;

/** What the service asks of a Temporal server; docker-compose.temporal.yml sets the same. docs/scaling.md says why. */
export const SERVICE_DYNAMIC_CONFIG: DynamicConfig = {
  // Without it, a stopping worker now and then takes a task along, which is missed only at its heartbeat timeout.
  'frontend.enableCancelWorkerPollsOnShutdown': true,
  'matching.enableFairness': true,
  // Priority and fairness hold within a partition: with the usual four, a task waits until somebody polls its own.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

/** As a file for Temporal's server, which reads YAML and so JSON. */
export const dynamicConfigFile = (config: DynamicConfig): string =>
  JSON.stringify(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, [{ value }]])));
