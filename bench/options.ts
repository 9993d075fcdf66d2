import { parseArgs } from 'node:util';
import { parseOrders } from '../dev/sample-data/parse-orders.js';
import { StackError } from '../dev/stack/stack-error.js';

const DEFAULT_ROWS = '1000000';
const DEFAULT_ROUNDS = '3';
const ROW_NAMES = ['csv', 'json', 'gzip', 'rowlane', 'scale', 'latency'] as const;
/** What a run measures that names nothing: the promises that matter most, in about three minutes. */
const DEFAULT_ONLY = 'csv,latency';
const ALL = 'all';

/** A row of the benchmark's table. */
export type RowName = (typeof ROW_NAMES)[number];

export interface BenchOptions {
  /** Rows that are exported. */
  readonly rows: number;
  /** How often each contestant has its turn; the table shows medians. */
  readonly rounds: number;
  readonly only: readonly RowName[];
  /** Have each worker write a CPU profile when it ends; the figures then are the profiler's, too. */
  readonly cpuProfile: boolean;
}

/** `[--rows N] [--rounds N] [--only csv,json,…|all] [--cpu-prof]` @throws StackError, or what parseArgs throws */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: DEFAULT_ROWS },
      rounds: { type: 'string', default: DEFAULT_ROUNDS },
      only: { type: 'string', default: DEFAULT_ONLY },
      'cpu-prof': { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new StackError(`--rounds must be a whole number of at least 1, not '${values.rounds}'.`);
  }
  return {
    rows: parseOrders(values.rows, '--rows'),
    rounds,
    only: parseOnly(values.only),
    cpuProfile: values['cpu-prof'],
  };
}

/** In the order of the table, whatever order they were named in. */
function parseOnly(text: string): readonly RowName[] {
  const named = text === ALL ? ROW_NAMES : text.split(',');
  const only = ROW_NAMES.filter((row) => named.includes(row));
  // One that is named twice is no other than one that does not exist.
  if (only.length === named.length) return only;
  throw new StackError(`--only must be ${ALL} or some of ${ROW_NAMES.join(',')}, not '${text}'.`);
}
