import { parseArgs } from 'node:util';
import { ConfigError } from '../shared/config.js';
import { messageOf } from '../shared/errors.js';

/** `control`: workflows and short activities. `data`: what reads the source database. */
export const WORKER_ROLES = ['control', 'data', 'all'] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

export interface WorkerArguments {
  readonly role: WorkerRole;
  /** Copies of this worker on this machine. */
  readonly processes: number;
}

/** More than this is a slip of the finger: each has its own connections. */
const MAX_PROCESSES = 64;

/**
 * `npm run worker -- --role data --processes 4`.
 * @throws ConfigError with a sentence for what cannot be used
 */
export function parseWorkerArguments(args: readonly string[]): WorkerArguments {
  const { role = 'all', processes = '1' } = valuesOf(args);
  const known = WORKER_ROLES.find((name) => name === role);
  if (known === undefined) throw new ConfigError(`--role must be one of ${WORKER_ROLES.join(', ')}.`);
  const count = Number(processes);
  if (!/^\d+$/.test(processes) || count < 1 || count > MAX_PROCESSES) {
    throw new ConfigError(`--processes must be a whole number from 1 to ${MAX_PROCESSES}.`);
  }
  return { role: known, processes: count };
}

function valuesOf(args: readonly string[]) {
  try {
    const options = { role: { type: 'string' }, processes: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new ConfigError(`Command line: ${messageOf(error)}.`);
  }
}
