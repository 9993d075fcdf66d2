import { boundSeconds, cpuOf, cpuWithSource, medianOf } from './figures.js';
import type { Turn } from './turn.js';
import type { Score } from './race.js';
import type { Verdict } from './verdicts.js';

/** A column of figures: its heading, the figure of a turn, and the number of decimals. */
type FigureColumn = readonly [heading: string, figure: (turn: Turn) => number | undefined, digits: number];

const WALL: FigureColumn = ['wall s', ({ seconds }) => seconds, 2];
const CPU: FigureColumn = ['CPU s', ({ clientCpu }) => clientCpu, 2];
const PEAK: FigureColumn = ['peak MB', ({ peakMemory }) => peakMemory / 1e6, 0];
const FILE: FigureColumn = ['file MB', ({ bytes }) => (bytes === undefined ? undefined : bytes / 1e6), 1];
const OTHERS: FigureColumn = ['other CPU', ({ reading }) => reading.otherCpu, 1];

const cpuColumn = (name: string): FigureColumn => [
  `${name} CPU`,
  ({ reading }) => (name in reading.cpu ? cpuOf(reading, name) : undefined),
  1,
];

/** @param cpu seconds of a turn */
const perRow = (cpu: (turn: Turn) => number): FigureColumn => [
  'µs a row',
  (turn) => (turn.rows === undefined ? undefined : (cpu(turn) / turn.rows) * 1e6),
  2,
];

/** A row for each contestant, with medians of its turns, and how many turns were repeated. */
function figureTable(
  scores: readonly Score[],
  columns: readonly FigureColumn[],
  more: readonly FigureColumn[] = [],
): string {
  const head = ['', ...columns.map(([heading]) => heading), 'repeated', ...more.map(([heading]) => heading)];
  const rows = scores.map(({ contestant, turns, disturbed }) => {
    const cell = ([, figure, digits]: FigureColumn): string => medianOf(turns, figure)?.toFixed(digits) ?? '–';
    return [contestant.title, ...columns.map(cell), String(disturbed.length), ...more.map(cell)];
  });
  return align([head, ...rows]);
}

/** A table of absolute figures. */
export function scoreTable(scores: readonly Score[]): string {
  const bound: FigureColumn = ['× bound', ({ seconds, reading }) => seconds / boundSeconds(reading), 2];
  const processes = ['store', 'postgres', 'temporal', 'api'].map(cpuColumn);
  const events: FigureColumn = ['events', ({ historyEvents }) => historyEvents, 0];
  return figureTable(scores, [WALL, bound, CPU, PEAK, ...processes, OTHERS], [events]);
}

/** The same table for programs that only encode. */
export const encoderTable = (scores: readonly Score[]): string =>
  figureTable(scores, [
    ...([['rows', ({ rows }) => rows, 0], WALL, CPU] as const satisfies readonly FigureColumn[]),
    ...[perRow(({ clientCpu }) => clientCpu), PEAK, FILE, OTHERS],
  ]);

/** The same table for exports and programs that read from PostgreSQL, whose CPU counts, too. */
export const parquetTable = (scores: readonly Score[]): string =>
  figureTable(scores, [WALL, CPU, cpuColumn('postgres'), perRow(cpuWithSource), PEAK, FILE, OTHERS]);

/** A table of promises and the measured figures. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ what, figure, target, unit, digits, met }) => [
    `${met ? '✓' : '✗'} ${what}`,
    `${figure.toFixed(digits)} ${unit}`,
    `at most ${Number(target.toFixed(2))} ${unit}`,
  ]);
  return align(rows);
}

/** Aligns the first column left and the figures right. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('   '),
    )
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}
