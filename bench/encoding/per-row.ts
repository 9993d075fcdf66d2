import { medianOf } from '../figures.js';
import type { Score } from '../race.js';
import { verdict, type Verdict } from '../verdicts.js';
import { parsingOf } from './contestants.js';

/** CPU per row of encoders, whose turns may have different numbers of rows. */

/** Median CPU seconds of a row; undefined for who had no turn. */
export function cpuPerRow(scores: readonly Score[], name: string): number | undefined {
  const turns = scores.find(({ contestant }) => contestant.name === name)?.turns ?? [];
  return medianOf(turns, ({ clientCpu, rows }) => (rows === undefined || rows === 0 ? undefined : clientCpu / rows));
}

/** The same without what parsing alone takes, where that was measured. */
function encodingPerRow(scores: readonly Score[], name: string): number | undefined {
  const all = cpuPerRow(scores, name);
  return all === undefined ? undefined : all - (cpuPerRow(scores, parsingOf(name)) ?? 0);
}

export interface Rival {
  readonly name: string;
  readonly title: string;
  /** Our CPU per row by its own. */
  readonly target: number;
}

/** Our CPU per row beside another's: of whole processes, and of what is left of both without their parsing. */
export function besideRival(scores: readonly Score[], { name, title, target }: Rival): Verdict[] {
  const beside = (figure: (name: string) => number | undefined): number | undefined => {
    const [our, their] = [figure('ours'), figure(name)];
    return our === undefined || their === undefined || their <= 0 ? undefined : our / their;
  };
  return [
    ...verdict(
      `CPU per row beside ${title}, all`,
      beside((who) => cpuPerRow(scores, who)),
      target,
      '×',
    ),
    ...verdict(
      `CPU per row beside ${title}, without parsing`,
      beside((who) => encodingPerRow(scores, who)),
      target,
      '×',
    ),
  ];
}
