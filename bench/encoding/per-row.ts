import { medianOf } from '../figures.js';
import type { Score } from '../race.js';
import { verdict, type Verdict } from '../verdicts.js';
import { parsingOf } from './contestants.js';

/** CPU per row of encoders, whose turns may differ in their number of rows. */

/** Median CPU seconds per row; undefined if the contestant had no turn. */
export function cpuPerRow(scores: readonly Score[], name: string): number | undefined {
  const turns = scores.find(({ contestant }) => contestant.name === name)?.turns ?? [];
  return medianOf(turns, ({ clientCpu, rows }) => (rows === undefined || rows === 0 ? undefined : clientCpu / rows));
}

/** CPU seconds per row minus those of parsing alone, if that was measured. */
function encodingPerRow(scores: readonly Score[], name: string): number | undefined {
  const all = cpuPerRow(scores, name);
  return all === undefined ? undefined : all - (cpuPerRow(scores, parsingOf(name)) ?? 0);
}

export interface Rival {
  readonly name: string;
  readonly title: string;
  /** Target ratio of our CPU per row to the rival's. */
  readonly target: number;
}

/** Our CPU per row relative to the rival's: for whole processes, and without parsing. */
export function besideRival(scores: readonly Score[], { name, title, target }: Rival): Verdict[] {
  const beside = (figure: (name: string) => number | undefined): number | undefined => {
    const [our, their] = [figure('ours'), figure(name)];
    return our === undefined || their === undefined || their <= 0 ? undefined : our / their;
  };
  return [
    ...verdict(
      `CPU per row compared with ${title}, whole process`,
      beside((who) => cpuPerRow(scores, who)),
      target,
      '×',
    ),
    ...verdict(
      `CPU per row compared with ${title}, without parsing`,
      beside((who) => encodingPerRow(scores, who)),
      target,
      '×',
    ),
  ];
}
