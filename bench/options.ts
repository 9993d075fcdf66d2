import { parseArgs } from 'node:util';
import { parseOrders } from '../dev/sample-data/parse-orders.js';
import { StackError } from '../dev/stack/stack-error.js';

const DEFAULT_ROWS = '1000000';
const DEFAULT_ROUNDS = '3';
const ROWS = ['csv', 'latency'] as const;

/** A row of the benchmark's table. */
export type BenchRow = (typeof ROWS)[number];

export interface BenchOptions {
  /** Rows that are exported. */
  readonly rows: number;
  /** How often each contestant has its turn; the table shows medians. */
  readonly rounds: number;
  readonly only: readonly BenchRow[];
  /** Have each worker write a CPU profile when it ends; the figures then are the profiler's, too. */
  readonly cpuProfile: boolean;
}

/** `[--rows N] [--rounds N] [--only csv|latency] [--cpu-prof]` @throws StackError, or what parseArgs throws */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: DEFAULT_ROWS },
      rounds: { type: 'string', default: DEFAULT_ROUNDS },
      only: { type: 'string' },
      'cpu-prof': { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new StackError(`--rounds must be a whole number of at least 1, not '${values.rounds}'.`);
  }
  const only = ROWS.filter((row) => values.only === undefined || values.only === row);
  if (only.length === 0) throw new StackError(`--only must be ${ROWS.join(' or ')}, not '${values.only ?? ''}'.`);
  return { rows: parseOrders(values.rows, '--rows'), rounds, only, cpuProfile: values['cpu-prof'] };
}
