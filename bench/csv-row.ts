import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Progress } from '../dev/stack/progress.js';
import { checkFile, type Bucket } from './check-file.js';
import type { Contestant, Turn } from './contestants.js';
import { cpuOf, megabytes } from './figures.js';
import type { Fingerprint } from './reference.js';
import { unlessAborted } from './unless-aborted.js';

export interface Entry {
  readonly contestant: Contestant;
  readonly bucket: Bucket;
  /** What the file must be; undefined when only the job can tell. */
  readonly reference: Fingerprint | undefined;
}

export interface Score {
  readonly contestant: Pick<Contestant, 'name' | 'title' | 'store'>;
  readonly turns: readonly Turn[];
}

/** All contestants once, and again, as often as there are rounds: what the machine does meanwhile hits each of them. */
export async function compete(
  entries: readonly Entry[],
  rounds: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<Score[]> {
  const turns = new Map<Contestant, Turn[]>(entries.map(({ contestant }) => [contestant, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contestant, bucket, reference } of entries) {
      // What the one before has left in the page cache is not to be written during the next one's turn.
      await promisify(execFile)('sync');
      const turn = await progress.step(`Round ${round} of ${rounds}: ${contestant.title}`, async (say) => {
        const made = await unlessAborted(signal, () => contestant.turn(round));
        await unlessAborted(signal, () => checkFile(contestant, made, bucket, reference));
        say(describe(made));
        return made;
      });
      turns.get(contestant)?.push(turn);
    }
  }
  return entries.map(({ contestant }) => ({ contestant, turns: turns.get(contestant) ?? [] }));
}

function describe(turn: Turn): string {
  const { seconds, clientCpu, peakMemory, reading } = turn;
  const store = `store ${cpuOf(reading, 'store').toFixed(1)}, PostgreSQL ${cpuOf(reading, 'postgres').toFixed(1)}`;
  const other = `others on this machine ${reading.otherCpu.toFixed(1)}`;
  return `${seconds.toFixed(2)} s; CPU ${clientCpu.toFixed(2)} s (${store}, ${other}); ${megabytes(peakMemory)} MB`;
}
