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
  /** Turns that were made again because somebody else had a good part of the machine meanwhile. */
  readonly disturbed: readonly Turn[];
}

/** Of all CPU time in a turn: what others, or a hypervisor, may take of it before the turn says more about them. */
const MAX_OTHER_SHARE = 0.05;
const MAX_REPEATS = 4;

const isDisturbed = ({ reading }: Turn): boolean => shareOfOthers(reading) > MAX_OTHER_SHARE;

/** All contestants once, and again, as often as there are rounds: what the machine does meanwhile hits each of them. */
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
  // What the one before has left in the page cache is not to be written during the next one's turn.
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
