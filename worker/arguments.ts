import { readCommandLine } from '../shared/process/command-line.js';
import { ConfigError } from '../shared/startup/config.js';

/** `control`: workflows, short activities, mails and webhooks. `data`: activities that read the source database. */
export const WORKER_ROLES = ['control', 'data', 'all'] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

export interface WorkerArguments {
  readonly role: WorkerRole;
  /** Number of worker processes on this machine. */
  readonly processes: number;
}

/** More is probably a typo: each process has its own connections. */
const MAX_PROCESSES = 64;

const USAGE = `npm run worker [-- --role ROLE] [--processes N]

  --role ROLE     control (workflows and short activities), data (activities that read the source database) or all,
                  the default
  --processes N   start N copies of this worker, at most ${MAX_PROCESSES}

Everything else is configured by the environment: README.md, Configuration.`;

/**
 * Parses `npm run worker -- --role data --processes 4`.
 * @throws ConfigError with a sentence for an invalid value
 * @throws UsageError for other arguments
 */
export function parseWorkerArguments(args: readonly string[]): WorkerArguments {
  const options = { role: { type: 'string' }, processes: { type: 'string' } } as const;
  const { role = 'all', processes = '1' } = readCommandLine(args, { usage: USAGE, options }).values;
  const known = WORKER_ROLES.find((name) => name === role);
  if (known === undefined) throw new ConfigError(`--role must be one of ${WORKER_ROLES.join(', ')}.`);
  const count = Number(processes);
  if (!/^\d+$/.test(processes) || count < 1 || count > MAX_PROCESSES) {
    throw new ConfigError(`--processes must be a whole number from 1 to ${MAX_PROCESSES}.`);
  }
  return { role: known, processes: count };
}
