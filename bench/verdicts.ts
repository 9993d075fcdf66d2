import { availableParallelism } from 'node:os';
import { boundSeconds, cpuOf, cpuWithSource, medianOf } from './figures.js';
import type { Fairness } from './fairness.js';
import type { Latency } from './latency.js';
import type { LoadFigures } from './load.js';
import type { PreviewFigures } from './preview.js';
import type { Score } from './race.js';
import { median } from './statistics.js';

/** A figure and its target. */
export interface Verdict {
  readonly what: string;
  readonly figure: number;
  readonly target: number;
  readonly unit: string;
  /** Number of decimals. */
  readonly digits: number;
  readonly met: boolean;
}

type Turn = Score['turns'][number];

const MS = 1000;
const FULL_ROWS = 10_000_000;

export function verdict(what: string, figure: number | undefined, target: number, unit: string, digits = 2): Verdict[] {
  return figure === undefined ? [] : [{ what, figure, target, unit, digits, met: figure <= target }];
}

const turnsOf = (scores: readonly Score[], name: string): readonly Turn[] =>
  scores.find(({ contestant }) => contestant.name === name)?.turns ?? [];

/** Our median figure relative to a rival's; empty if either had no turn. */
function ratio(
  what: string,
  scores: readonly Score[],
  [ours, theirs]: readonly [string, string],
  figure: (turn: Turn) => number | undefined,
  target: number,
): Verdict[] {
  const [our, their] = [ours, theirs].map((name) => medianOf(turnsOf(scores, name), figure));
  return verdict(what, our === undefined || their === undefined ? undefined : our / their, target, '×');
}

/** Our median time relative to a rival's. */
const beside = (what: string, scores: readonly Score[], names: readonly [string, string], target: number): Verdict[] =>
  ratio(`time compared with ${what}`, scores, names, ({ seconds }) => seconds, target);

/** The median time relative to the shortest that any client could need. */
const besideBound = (where: string, scores: readonly Score[], name: string, target: number): Verdict[] =>
  verdict(
    `time compared with (PostgreSQL's + store's CPU) ÷ cores, ${where}`,
    medianOf(turnsOf(scores, name), ({ seconds, reading }) => seconds / boundSeconds(reading)),
    target,
    '×',
  );

/** The worst of all turns of the service, for limits that must always hold. */
function worst(scores: readonly Score[], figure: (turn: Turn) => number | undefined): number | undefined {
  const turns = scores.filter(({ contestant }) => contestant.name.startsWith('ours')).flatMap((score) => score.turns);
  return turns.length === 0 ? undefined : Math.max(...turns.map((turn) => figure(turn) ?? 0));
}

/** @param most megabytes */
export const memory = (scores: readonly Score[], most = 400): Verdict[] =>
  verdict(
    'worker peak memory, worst',
    worst(scores, (turn) => turn.peakMemory / 1e6),
    most,
    'MB',
    0,
  );

/** Verdicts for a large export: promises use medians, hard limits use the worst turn. */
export function verdictsOfCsv(scores: readonly Score[], rows: number): Verdict[] {
  const cpu = (name: string): number | undefined =>
    medianOf(turnsOf(scores, name), (turn) => cpuOf(turn.reading, 'worker'));
  const watched = turnsOf(scores, 'ours-escaped');
  const cpuTarget = (6 * rows) / FULL_ROWS;
  return [
    ...beside('psql | rclone, same store', scores, ['ours', 'rclone'], 1),
    ...beside('psql | rclone, discarding sink', scores, ['ours-sink', 'rclone-sink'], 0.8),
    ...besideBound('to the store', scores, 'ours', 1.1),
    ...besideBound('to the sink', scores, 'ours-sink', 1.25),
    ...verdict('worker CPU, to the store', cpu('ours'), cpuTarget, 's'),
    ...verdict('worker CPU, to the sink', cpu('ours-sink'), cpuTarget, 's'),
    ...memory(scores),
    ...verdict(
      'history events, worst',
      worst(scores, (turn) => turn.historyEvents),
      1500,
      '',
      0,
    ),
    ...verdict(
      'times progress went back, total',
      worst(scores, (turn) => turn.progress?.stepsBack),
      0,
      'times',
      0,
    ),
    ...verdict(
      'longest time without progress',
      // Only turns that were polled often enough.
      watched.length === 0 ? undefined : Math.max(...watched.map((turn) => turn.progress?.longestStill ?? 0)),
      2 * MS,
      'ms',
      0,
    ),
  ];
}

export const verdictsOfJson = (scores: readonly Score[]): Verdict[] => [
  ...beside('psql row_to_json | rclone', scores, ['ours', 'psql-json'], 1.1),
  ...memory(scores),
];

export const verdictsOfGzip = (scores: readonly Score[]): Verdict[] => [
  ...beside('the same export, plain', scores, ['ours', 'ours-plain'], 1.5),
  ...memory(scores),
];

export const verdictsOfRowLane = (scores: readonly Score[]): Verdict[] => [
  ...beside('the textbook', scores, ['ours', 'textbook'], 0.7),
  ...beside('the text lane', scores, ['ours', 'ours-text'], 3),
  ...beside('the text lane, JSON', scores, ['ours-json', 'ours-json-text'], 3),
  ...memory(scores),
];

export const verdictsOfScale = (scores: readonly Score[]): Verdict[] => [
  ...beside('a tenth of the rows', scores, ['ours', 'ours-tenth'], 10.5),
  ...memory(scores),
];

/** CPU includes PostgreSQL's. */
export const verdictsOfParquet = (scores: readonly Score[]): Verdict[] => [
  ...ratio('CPU compared with DuckDB, snappy', scores, ['ours', 'duckdb'], cpuWithSource, 1.15),
  ...ratio('CPU compared with DuckDB, snappy, V2', scores, ['ours', 'duckdb-v2'], cpuWithSource, 1.15),
  ...ratio(
    'size of the file compared with DuckDB, snappy, V2',
    scores,
    ['ours', 'duckdb-v2'],
    ({ bytes }) => bytes,
    1.05,
  ),
  ...memory(scores, 200),
];

export const verdictsOfSort = (scores: readonly Score[]): Verdict[] => [
  ...beside('the unsorted export', scores, ['ours-stored', 'ours'], 1.2),
  ...beside('psql | rclone, in the order of storage', scores, ['ours-stored', 'psql-stored'], 1),
  ...beside('psql | rclone, scattered', scores, ['ours-scattered', 'psql-scattered'], 1),
  ...memory(scores),
];

export function verdictsOfLatency({ median, postMedian }: Latency, rows: number): Verdict[] {
  return [
    ...verdict(`POST to COMPLETED, ${rows} rows, median`, median, 0.3 * MS, 'ms', 0),
    ...verdict('POST answered, median', postMedian, 60, 'ms', 0),
  ];
}

export const verdictsOfPreviews = (figures: readonly PreviewFigures[]): Verdict[] =>
  figures.flatMap(({ title, median: found }) => verdict(`${title}, median`, found, 0.3 * MS, 'ms', 0));

export const verdictsOfLoad = ({ post, get, failures }: LoadFigures): Verdict[] => [
  ...verdict('unsuccessful requests', failures.length, 0, '', 0),
  ...verdict('POST answered, 99th percentile', post.p99, 150, 'ms', 0),
  ...verdict('GET answered, 99th percentile', get.p99, 30, 'ms', 0),
];

/** Delay of exports that run next to others, relative to running alone. */
export function verdictsOfFairness({ alone, meanwhile, beside, ended }: Fairness): Verdict[] {
  const usual = median(alone);
  const later = beside.map((ms) => ms - usual);
  return [
    ...verdict('delay compared with running alone, median', median(later), 2 * MS, 'ms', 0),
    ...verdict('delay compared with running alone, worst', Math.max(...later), 2 * MS, 'ms', 0),
    ...verdict('delay compared with running alone, while the others are planned', meanwhile - usual, 2 * MS, 'ms', 0),
    ...verdict('other exports that ended meanwhile', ended, 0, '', 0),
  ];
}

export const verdictsOfXlsxExport = (scores: readonly Score[]): Verdict[] => [
  ...beside('the same rows as CSV', scores, ['ours', 'ours-csv'], 2),
  // With fewer cores, one process and the database already use them fully.
  ...beside('one process', scores, ['ours', 'ours-one'], availableParallelism() < 4 ? 1 : 1 / 1.3),
  ...memory(scores),
];

/** No memory goal beyond a million rows: nobody prints that many, and the page tree of such a file exceeds the goal. */
export const verdictsOfPdfExport = (scores: readonly Score[], rows: number): Verdict[] =>
  rows > PRINTED_ROWS ? [] : memory(scores);
const PRINTED_ROWS = 1_000_000;
