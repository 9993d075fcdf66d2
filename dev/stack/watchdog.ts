/**
 * Ends a run's processes when the run itself was killed.
 *
 * Its stdin is a pipe from the run; the end of that pipe is the one event that even `kill -9` cannot prevent.
 * After an orderly stop there is no record any more, and nothing to do.
 */
import { finished } from 'node:stream/promises';
import { cleanUpAfter } from './leftovers.js';

const [, , recordFile] = process.argv;
if (recordFile === undefined) throw new Error('usage: watchdog.ts RECORD');

await finished(process.stdin.resume()).catch(() => undefined);
await cleanUpAfter(recordFile);
