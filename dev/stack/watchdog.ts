/**
 * Ends a run's processes if the run itself was killed.
 *
 * Its stdin is a pipe from the run, and even `kill -9` closes that. After a clean stop there is no record left, and
 * nothing to do.
 */
import { finished } from 'node:stream/promises';
import { cleanUpAfter } from './leftovers.js';

const [, , recordFile] = process.argv;
if (recordFile === undefined) throw new Error('usage: watchdog.ts RECORD');

await finished(process.stdin.resume()).catch(() => undefined);
await cleanUpAfter(recordFile);
