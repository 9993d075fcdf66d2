/**
 * `node --import ./dev/typescript.mjs` runs TypeScript in a process, but not in its threads: those are the Temporal
 * SDK's, whose workflow code is bundled, and each would take another quarter of a second to begin.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  // tsx does so itself only where it is imported by name.
  process.setSourceMapsEnabled(true);
  await import('tsx');
}
