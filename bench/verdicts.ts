import type { Score } from './csv-row.js';
import { cpuOf, medianOf } from './figures.js';
import type { Latency } from './latency-row.js';

/** A figure beside what it should be. */
export interface Verdict {
  readonly what: string;
  readonly figure: number;
  readonly target: number;
  readonly unit: string;
  /** Digits after the point. */
  readonly digits: number;
  readonly met: boolean;
}

const MS = 1000;
const FULL_ROWS = 10_000_000;

function verdict(what: string, figure: number | undefined, target: number, unit: string, digits = 2): Verdict[] {
  return figure === undefined ? [] : [{ what, figure, target, unit, digits, met: figure <= target }];
}

const seconds = (scores: readonly Score[], name: string): number | undefined =>
  medianOf(scores.find(({ contestant }) => contestant.name === name)?.turns ?? [], (turn) => turn.seconds);

function ratio(scores: readonly Score[], ours: string, theirs: string): number | undefined {
  const [our, their] = [seconds(scores, ours), seconds(scores, theirs)];
  return our === undefined || their === undefined ? undefined : our / their;
}

/** What was promised about a large export, from the medians; what must hold always, from the worst turn. */
export function verdictsOfCsv(scores: readonly Score[], rows: number): Verdict[] {
  const ours = scores.filter(({ contestant }) => contestant.name.startsWith('ours'));
  const turns = ours.flatMap((score) => score.turns);
  const toStore = scores.find(({ contestant }) => contestant.name === 'ours')?.turns ?? [];
  const toSink = scores.find(({ contestant }) => contestant.name === 'ours-sink')?.turns ?? [];
  const worst = (figure: (turn: Score['turns'][number]) => number | undefined): number | undefined =>
    turns.length === 0 ? undefined : Math.max(...turns.map((turn) => figure(turn) ?? 0));
  const watched = scores.find(({ contestant }) => contestant.name === 'ours-escaped')?.turns ?? [];
  const share = rows / FULL_ROWS;
  return [
    ...verdict('time beside psql | rclone, same store', ratio(scores, 'ours', 'rclone'), 1, '×'),
    ...verdict('time beside psql | rclone, discarding sink', ratio(scores, 'ours-sink', 'rclone-sink'), 0.8, '×'),
    ...verdict(
      'worker CPU, to the store',
      medianOf(toStore, (turn) => cpuOf(turn.reading, 'worker')),
      6 * share,
      's',
    ),
    ...verdict(
      'worker CPU, to the sink',
      medianOf(toSink, (turn) => cpuOf(turn.reading, 'worker')),
      6 * share,
      's',
    ),
    ...verdict(
      'worker peak memory, worst',
      worst((turn) => turn.peakMemory / 1e6),
      400,
      'MB',
      0,
    ),
    ...verdict(
      'history events, worst',
      worst((turn) => turn.historyEvents),
      1500,
      '',
      0,
    ),
    ...verdict(
      'progress that went back, all',
      worst((turn) => turn.progress?.stepsBack),
      0,
      'times',
      0,
    ),
    ...verdict(
      'progress that stood still, worst',
      // Of those turns only in which somebody looked often enough.
      watched.length === 0 ? undefined : Math.max(...watched.map((turn) => turn.progress?.longestStill ?? 0)),
      2 * MS,
      'ms',
      0,
    ),
  ];
}

export function verdictsOfLatency({ median, postMedian }: Latency, rows: number): Verdict[] {
  return [
    ...verdict(`POST to COMPLETED, ${rows} rows, median`, median, 0.3 * MS, 'ms', 0),
    ...verdict('POST answered, median', postMedian, 60, 'ms', 0),
  ];
}
