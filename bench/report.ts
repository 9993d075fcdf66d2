import { boundSeconds, cpuOf, cpuWithSource, medianOf, megabytes } from './figures.js';
import type { Turn } from './turn.js';
import type { Score } from './race.js';
import type { Verdict } from './verdicts.js';

type Figure = (turn: Turn) => number | undefined;

const PROCESSES = ['store', 'postgres', 'temporal', 'api'] as const;

/** A table of absolute figures (medians of the turns). */
export function scoreTable(scores: readonly Score[]): string {
  const head = [
    '',
    'wall s',
    '× bound',
    'CPU s',
    'peak MB',
    ...PROCESSES.map((name) => `${name} CPU`),
    'other CPU',
    'repeated',
    'events',
  ];
  const rows = scores.map(({ contestant, turns, disturbed }) => {
    const of = (figure: Figure, digits: number): string => medianOf(turns, figure)?.toFixed(digits) ?? '–';
    const memory = medianOf(turns, (turn) => turn.peakMemory);
    return [
      contestant.title,
      of((turn) => turn.seconds, 2),
      of(({ seconds, reading }) => seconds / boundSeconds(reading), 2),
      of((turn) => turn.clientCpu, 2),
      memory === undefined ? '–' : megabytes(memory),
      ...PROCESSES.map((name) => of((turn) => (name in turn.reading.cpu ? cpuOf(turn.reading, name) : undefined), 1)),
      of((turn) => turn.reading.otherCpu, 1),
      String(disturbed.length),
      of((turn) => turn.historyEvents, 0),
    ];
  });
  return align([head, ...rows]);
}

/** The same table for programs that only encode. */
export function encoderTable(scores: readonly Score[]): string {
  const head = ['', 'rows', 'wall s', 'CPU s', 'µs a row', 'peak MB', 'file MB', 'other CPU', 'repeated'];
  const rows = scores.map(({ contestant, turns, disturbed }) => {
    const of = (figure: Figure, digits: number): string => medianOf(turns, figure)?.toFixed(digits) ?? '–';
    return [
      contestant.title,
      of((turn) => turn.rows, 0),
      of((turn) => turn.seconds, 2),
      of((turn) => turn.clientCpu, 2),
      of(({ clientCpu, rows: count }) => (count === undefined ? undefined : (clientCpu / count) * 1e6), 2),
      of((turn) => turn.peakMemory / 1e6, 0),
      of(({ bytes }) => (bytes === undefined ? undefined : bytes / 1e6), 1),
      of((turn) => turn.reading.otherCpu, 1),
      String(disturbed.length),
    ];
  });
  return align([head, ...rows]);
}

/** The same table for exports and programs that read from PostgreSQL, whose CPU counts, too. @param count of rows */
export function parquetTable(scores: readonly Score[], count: number): string {
  const head = ['', 'wall s', 'CPU s', 'postgres CPU', 'µs a row', 'peak MB', 'file MB', 'other CPU', 'repeated'];
  const rows = scores.map(({ contestant, turns, disturbed }) => {
    const of = (figure: Figure, digits: number): string => medianOf(turns, figure)?.toFixed(digits) ?? '–';
    return [
      contestant.title,
      of((turn) => turn.seconds, 2),
      of((turn) => turn.clientCpu, 2),
      of((turn) => cpuOf(turn.reading, 'postgres'), 2),
      of((turn) => (cpuWithSource(turn) / count) * 1e6, 2),
      of((turn) => turn.peakMemory / 1e6, 0),
      of(({ bytes }) => (bytes === undefined ? undefined : bytes / 1e6), 1),
      of((turn) => turn.reading.otherCpu, 1),
      String(disturbed.length),
    ];
  });
  return align([head, ...rows]);
}

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
