import { existsSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { processIdentity, signalGroup, signalQuietly, waitUntilGone } from './processes.js';
import { ownerIsAlive, readRunRecord, type RecordedProcess } from './run-record.js';

/** File name of a run's record in its data folder. */
export const RECORD_NAME = 'stack.json';

/**
 * Ends the processes that a run left behind after its owner died. Only touches processes that the record identifies.
 */
export async function cleanUpAfter(recordFile: string): Promise<void> {
  const record = readRunRecord(recordFile);
  if (record !== undefined) {
    if (ownerIsAlive(record)) return;
    await Promise.all(record.processes.map(endLeftover));
    for (const path of record.throwaway) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
  // Missing or unreadable. Only a file with the record's name is ever deleted.
  if (basename(recordFile) === RECORD_NAME) rmSync(recordFile, { force: true });
}

/** Records of dead runs whose data is in one of `roots` or in one of their direct subfolders. */
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
    // Includes its children, because each recorded process leads its own group.
    signalGroup(pid, 'SIGKILL');
  }
}
