import type { Lab } from '../lab.js';
import type { BenchOptions } from '../options.js';
import type { Score } from '../race.js';
import { scoreTable, verdictTable } from '../report.js';
import type { Verdict } from '../verdicts.js';

/** Programs that every row may use, by their paths. */
export interface Clients {
  readonly psql: string;
  readonly rclone: string;
}

/** What a row of the benchmark has found. */
export interface RowReport {
  /** Of the file of its results. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly table: string;
  readonly verdicts: readonly Verdict[];
  /** Share of the machine's CPU that others used while the row measured, where it is one measurement. */
  readonly others?: number;
  /** For the file, beside the verdicts. */
  readonly results: Readonly<Record<string, unknown>>;
}

/** One row of the benchmark. */
export type Row = (lab: Lab, options: BenchOptions, clients: Clients) => Promise<RowReport>;

export interface Race {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  /** Of the file that the title tells of, plain. */
  readonly bytes: number;
  readonly scores: readonly Score[];
  readonly verdicts: readonly Verdict[];
  /** Default: figures of exports. */
  readonly tableOf?: (scores: readonly Score[]) => string;
  /** Whatever else belongs to the results. */
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
