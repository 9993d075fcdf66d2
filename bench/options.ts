import { parseOrders } from '../dev/sample-data/parse-orders.js';
import { StackError } from '../dev/stack/stack-error.js';
import { readCommandLine } from '../shared/process/command-line.js';

const DEFAULT_ROWS = '1000000';
const DEFAULT_ROUNDS = '3';
/** The number for which the goals are set; the service's default is 4. */
const DEFAULT_IN_FLIGHT = '2';
const ROW_NAMES = [
  'csv',
  'json',
  'gzip',
  'rowlane',
  'scale',
  'sort',
  'preview',
  'latency',
  'load',
  'fairness',
  'cluster',
  'xlsx',
  'xlsx-export',
  'pdf',
  'pdf-export',
  'parquet',
] as const;
/** The default measurements: the most important promises, in about three minutes. */
const DEFAULT_ONLY = 'csv,latency';
const ALL = 'all';
/** 2 is the lowest number that makes sense for several machines; Temporal recommends 512 for a small cluster. */
const DEFAULT_SHARDS = '2,512';

const USAGE = `npm run bench [-- --rows N] [--rounds N] [--in-flight N] [--only NAMES] [--shards N,N] [--cpu-prof]

  --rows N        rows that are exported, ${Number(DEFAULT_ROWS).toLocaleString('en')} by default
  --rounds N      how many turns each contestant gets, ${DEFAULT_ROUNDS} by default
  --in-flight N   segments of one export at a time, ${DEFAULT_IN_FLIGHT} by default
  --only NAMES    ${DEFAULT_ONLY} by default; ${ALL}, or a comma-separated list of:
                  ${ROW_NAMES.join(',')}
  --shards N,N    history shards of the servers that the cluster benchmark starts, ${DEFAULT_SHARDS} by default
  --cpu-prof      write a CPU profile of each process

bench/README.md says what each benchmark measures.`;

/** Name of a row of the benchmark's table. */
export type RowName = (typeof ROW_NAMES)[number];

export interface BenchOptions {
  /** Number of rows to export. */
  readonly rows: number;
  /** Turns per contestant; the table shows medians. */
  readonly rounds: number;
  /** Segments of one export that run in parallel. */
  readonly segmentsInFlight: number;
  readonly only: readonly RowName[];
  /** Numbers of history shards; each is measured on its own Temporal server. */
  readonly shards: readonly number[];
  /** Each worker writes a CPU profile when it ends; the figures then include the profiler's cost. */
  readonly cpuProfile: boolean;
}

/**
 * Parses `[--rows N] [--rounds N] [--in-flight N] [--only csv,json,…|all] [--shards N,N] [--cpu-prof]`.
 * @throws StackError or UsageError
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = readCommandLine(args, {
    usage: USAGE,
    options: {
      rows: { type: 'string', default: DEFAULT_ROWS },
      rounds: { type: 'string', default: DEFAULT_ROUNDS },
      'in-flight': { type: 'string', default: DEFAULT_IN_FLIGHT },
      only: { type: 'string', default: DEFAULT_ONLY },
      shards: { type: 'string', default: DEFAULT_SHARDS },
      'cpu-prof': { type: 'boolean', default: false },
    },
  });
  return {
    rows: parseOrders(values.rows, '--rows'),
    rounds: countOf('--rounds', values.rounds),
    segmentsInFlight: countOf('--in-flight', values['in-flight']),
    only: parseOnly(values.only),
    shards: values.shards.split(',').map((text) => countOf('--shards', text)),
    cpuProfile: values['cpu-prof'],
  };
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new StackError(`${option} must be a whole number of at least 1, not '${text}'.`);
}

/** Returns the rows in table order, regardless of the order they were named in. */
function parseOnly(text: string): readonly RowName[] {
  const named = text === ALL ? ROW_NAMES : text.split(',');
  const only = ROW_NAMES.filter((row) => named.includes(row));
  // A repeated name is as wrong as an unknown one.
  if (only.length === named.length) return only;
  throw new StackError(`--only must be ${ALL} or some of ${ROW_NAMES.join(',')}, not '${text}'.`);
}
