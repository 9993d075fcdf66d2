import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Progress } from '../dev/stack/progress.js';
import type { Contestant } from './contestants.js';
import { shareOfOthers } from './meter.js';
import type { Turn } from './turn.js';
import { cpuOf, megabytes } from './figures.js';
import { unlessAborted } from './unless-aborted.js';

export interface Score {
  readonly contestant: Pick<Contestant, 'name' | 'title' | 'store'>;
  readonly turns: readonly Turn[];
  /** Turns that were repeated because other processes used too much of the machine. */
  readonly disturbed: readonly Turn[];
}

/** The share of a turn's CPU time that other processes, or a hypervisor, may use before the turn is repeated. */
const MAX_OTHER_SHARE = 0.05;
const MAX_REPEATS = 4;

const isDisturbed = ({ reading }: Turn): boolean => shareOfOthers(reading) > MAX_OTHER_SHARE;

/** Runs all contestants in turn, once per round, so that other load on the machine affects all of them. */
export async function compete(
  contestants: readonly Contestant[],
  rounds: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<Score[]> {
  const scores = contestants.map((contestant) => ({ contestant, turns: [] as Turn[], disturbed: [] as Turn[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contestant, turns, disturbed } of scores) {
      const title = `Round ${round} of ${rounds}: ${contestant.title}`;
      for (let repeats = 0; turns.length < round; repeats += 1) {
        const turn = await takeTurn(contestant, title, disturbed.length + round, progress, signal);
        (isDisturbed(turn) && repeats < MAX_REPEATS ? disturbed : turns).push(turn);
      }
    }
  }
  return scores.map(({ contestant: { name, title, store }, turns, disturbed }) => ({
    contestant: { name, title, store },
    turns,
    disturbed,
  }));
}

async function takeTurn(
  contestant: Contestant,
  title: string,
  number: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<Turn> {
  // Write out the page cache of the previous turn, so that it doesn't cost the next one.
  await promisify(execFile)('sync');
  return progress.step(title, async (say) => {
    const turn = await unlessAborted(signal, () => contestant.turn(number));
    await unlessAborted(signal, () => contestant.check(turn));
    say(`${describe(turn)}${isDisturbed(turn) ? '; disturbed' : ''}`);
    return turn;
  });
}

function describe(turn: Turn): string {
  const { seconds, clientCpu, peakMemory, reading } = turn;
  const store = `store ${cpuOf(reading, 'store').toFixed(1)}, PostgreSQL ${cpuOf(reading, 'postgres').toFixed(1)}`;
  const other = `others on this machine ${reading.otherCpu.toFixed(1)}`;
  return `${seconds.toFixed(2)} s; CPU ${clientCpu.toFixed(2)} s (${store}, ${other}); ${megabytes(peakMemory)} MB`;
}
