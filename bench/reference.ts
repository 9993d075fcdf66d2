import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StackError } from '../dev/stack/stack-error.js';
import type { RowFacts } from './content.js';
import { queryOnce } from './databases.js';
import { Fingerprinter, fingerprint, type Fingerprint } from './fingerprint.js';
import { jsonArrayOf } from './json-array.js';
import type { Stage } from './shell-line.js';

/**
 * The fingerprint of psql's output, which every contestant's file must match.
 * @throws StackError if psql fails
 */
export const referenceOf = (psql: Stage, signal: AbortSignal): Promise<Fingerprint> =>
  readPrinted(psql, signal, fingerprint);

/**
 * The fingerprints of psql's JSON lines, as they are and as one array.
 * @throws StackError if psql fails
 */
export async function referencesOfJson(
  psql: Stage,
  signal: AbortSignal,
): Promise<{ readonly lines: Fingerprint; readonly array: Fingerprint }> {
  const lines = new Fingerprinter();
  const array = await readPrinted(psql, signal, (printed) => fingerprint(jsonArrayOf(lines.watch(printed))));
  return { lines: lines.found, array };
}

/** Facts that any file of the sample orders must satisfy, whatever its bytes. */
export async function rowsOf(sourceUrl: string): Promise<RowFacts> {
  const [found] = await queryOnce(sourceUrl, 'SELECT count(*) AS rows, coalesce(sum(id), 0) AS sum FROM orders');
  return { rows: Number(found?.rows), sum: Number(found?.sum), isInOrder: true };
}

async function readPrinted(
  [program = '', ...args]: Stage,
  signal: AbortSignal,
  read: (printed: AsyncIterable<Uint8Array>) => Promise<Fingerprint>,
): Promise<Fingerprint> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], signal });
  const closed: Promise<unknown[]> = once(child, 'close');
  const printed = await read(child.stdout);
  const [code] = await closed;
  if (code !== 0) throw new StackError(`psql ended with code ${String(code)}.`);
  return printed;
}
