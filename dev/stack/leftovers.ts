import { existsSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { processIdentity, signalGroup, signalQuietly, waitUntilGone } from './processes.js';
import { ownerIsAlive, readRunRecord, type RecordedProcess } from './run-record.js';

/** The name of a run's record inside its data folder. */
export const RECORD_NAME = 'stack.json';

/** Ends what a run left behind, once its owner is gone. Touches only processes that its record identifies. */
export async function cleanUpAfter(recordFile: string): Promise<void> {
  const record = readRunRecord(recordFile);
  if (record !== undefined) {
    if (ownerIsAlive(record)) return;
    await Promise.all(record.processes.map(endLeftover));
    for (const path of record.throwaway) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
  // Gone, or one that nobody can read. Nothing else is ever removed for being no record.
  if (basename(recordFile) === RECORD_NAME) rmSync(recordFile, { force: true });
}

/** The records of dead runs whose data lies in one of `roots` or in a folder directly below one. */
export async function findLeftovers(roots: readonly string[]): Promise<string[]> {
  const below = async (root: string): Promise<string[]> => {
    const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
  };
  const folders = new Set([...roots, ...(await Promise.all(roots.map(below))).flat()]);
  const files = [...folders].map((folder) => join(folder, RECORD_NAME)).filter((file) => existsSync(file));
  return files.filter((file) => {
    const record = readRunRecord(file);
    return record === undefined || !ownerIsAlive(record);
  });
}

async function endLeftover({ pid, identity, signal }: RecordedProcess): Promise<void> {
  if (processIdentity(pid) === identity) {
    signalQuietly(pid, signal);
    if (!(await waitUntilGone(pid, identity, 5_000))) signalQuietly(pid, 'SIGKILL');
    await waitUntilGone(pid, identity, 5_000);
    // What it started itself: each recorded process leads a group of its own.
    signalGroup(pid, 'SIGKILL');
  }
}
