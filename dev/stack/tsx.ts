import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Arguments that make `node` run TypeScript, wherever it is started from. */
export const TSX: readonly string[] = ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
