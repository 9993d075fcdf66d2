import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanUpAfter, RECORD_NAME } from './leftovers.js';
import { folderElsewhere } from './postgres-home.js';
import { ownerIsAlive, readRunRecord } from './run-record.js';
import { StackError } from './stack-error.js';

/** What a reset deletes from a stack's folder. Downloaded programs in `bin/` are kept. */
const KEPT = ['postgres', 'temporal', 'seaweedfs', 'downloads', 'logs', 'ports.json', 'secrets.json'];

/**
 * Deletes the databases, files, histories, logs and secrets of a stopped stack.
 * @throws StackError if the stack is running
 */
export async function resetStack(dataDir: string): Promise<void> {
  const recordFile = join(dataDir, RECORD_NAME);
  const record = readRunRecord(recordFile);
  if (record !== undefined && ownerIsAlive(record)) {
    throw new StackError(`The local stack of ${dataDir} is running (process ${record.owner.pid}): stop it first.`);
  }
  await cleanUpAfter(recordFile);
  const folders = [...KEPT.map((name) => join(dataDir, name)), folderElsewhere(dataDir)];
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
