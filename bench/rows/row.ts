import type { Lab } from '../lab.js';
import type { BenchOptions } from '../options.js';
import type { Score } from '../race.js';
import { scoreTable, verdictTable } from '../report.js';
import type { Verdict } from '../verdicts.js';

/** Paths of programs that every row may use. */
export interface Clients {
  readonly psql: string;
  readonly rclone: string;
}

/** Results of a row of the benchmark. */
export interface RowReport {
  /** Name of the results file. */
  readonly name: string;
  /** Readable title. */
  readonly title: string;
  readonly table: string;
  readonly verdicts: readonly Verdict[];
  /** Share of the machine's CPU that others used during the row, if it is a single measurement. */
  readonly others?: number;
  /** Written to the file in addition to the verdicts. */
  readonly results: Readonly<Record<string, unknown>>;
}

/** One row of the benchmark. */
export type Row = (lab: Lab, options: BenchOptions, clients: Clients) => Promise<RowReport>;

export interface Race {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  /** Uncompressed size of the file in the title. */
  readonly bytes: number;
  readonly scores: readonly Score[];
  readonly verdicts: readonly Verdict[];
  /** Default: a table of exports. */
  readonly tableOf?: (scores: readonly Score[]) => string;
  /** Other results. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export function raceReport({
  name,
  title,
  rows,
  bytes,
  scores,
  verdicts,
  tableOf = scoreTable,
  more,
}: Race): RowReport {
  return {
    name: `${name}-${rows}`,
    title: `${title}, ${rows.toLocaleString('en')} rows, ${(bytes / 1e6).toFixed(0)} MB, medians`,
    table: `${tableOf(scores)}\n\n${verdictTable(verdicts)}`,
    verdicts,
    results: { ...more, scores },
  };
}
