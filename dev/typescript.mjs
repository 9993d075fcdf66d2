/**
 * `node --import ./dev/typescript.mjs` runs TypeScript in a process's main thread only. Other threads belong to the
 * Temporal SDK, whose workflow code is bundled, and each would take a quarter of a second longer to start.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  // Enables source maps, in case tsx doesn't.
  process.setSourceMapsEnabled(true);
  await import('tsx');
}
