/**
 * Records how long each test file takes. Every full run prints the slowest, and the next run starts with them, so that
 * no core waits at the end for a long file that started last.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { LOCAL_DIR } from '../stack/stack.js';

/** The variable with the file to which mocha's jobs append a line of JSON after each test file. */
export const DURATIONS_VARIABLE = 'EXPORT_TEST_DURATIONS';

const ROOT = resolve(LOCAL_DIR, '..');
/** Durations of this machine's last runs. */
const RECORDED = join(LOCAL_DIR, 'checks', 'durations.json');
/** For a fresh clone: a copy of `RECORDED`, updated occasionally. */
const COMMITTED = join(ROOT, 'dev', 'test', 'durations.json');
/** Shorter files are not recorded, because their order makes no difference. */
const LEAST_SECONDS = 2;
const SHOWN = 10;

const lineSchema = z.object({ file: z.string(), ms: z.number() });
export type DurationLine = z.infer<typeof lineSchema>;

const secondsSchema = z.record(z.string(), z.number());
/** Seconds by test file (path relative to the repository). */
type Seconds = z.infer<typeof secondsSchema>;
const recordSchema = z.record(z.string(), secondsSchema);

const tier = (): string => process.env.EXPORT_TESTS ?? 'quick';

/** Sorts test files by their recorded durations for this tier, longest first; others keep their order. */
export async function longestFirst(files: readonly string[]): Promise<string[]> {
  const known = { ...(await readRecord(COMMITTED))[tier()], ...(await readRecord(RECORDED))[tier()] };
  const secondsOf = (file: string): number => known[relative(ROOT, file)] ?? 0;
  return files.toSorted((one, other) => secondsOf(other) - secondsOf(one));
}

/**
 * Records the durations that mocha's jobs have written and prints the slowest files. Does nothing if there are none.
 */
export async function keepDurations(linesFile: string): Promise<void> {
  const lines = await readLines(linesFile);
  await rm(linesFile, { force: true });
  if (lines.length === 0) return;
  const slowest = lines
    .map(({ file, ms }) => [relative(ROOT, file), Math.round(ms / 100) / 10] as const)
    .toSorted(([, one], [, other]) => other - one);
  const longer: Seconds = Object.fromEntries(slowest.filter(([, seconds]) => seconds >= LEAST_SECONDS));
  const before = await readRecord(RECORDED);
  // An interrupted run has only some of the files, so keep the others' durations.
  const record = { ...before, [tier()]: { ...before[tier()], ...longer } };
  await mkdir(dirname(RECORDED), { recursive: true });
  await writeFile(RECORDED, `${JSON.stringify(record, null, 2)}\n`);

  console.log(`  The ${SHOWN} slowest of ${lines.length} test files (all in ${relative(ROOT, RECORDED)}):`);
  for (const [file, seconds] of slowest.slice(0, SHOWN)) console.log(`${seconds.toFixed(1).padStart(9)} s  ${file}`);
}

async function readLines(file: string): Promise<DurationLine[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => lineSchema.parse(JSON.parse(line)));
}

async function readRecord(file: string): Promise<Readonly<Record<string, Seconds>>> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // No run has finished yet, or the file was edited. Only the order depends on it.
    return {};
  }
}
