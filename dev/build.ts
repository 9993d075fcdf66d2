import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from '../shared/process/command-line.js';
import { runMain } from '../shared/process/process.js';
import { buildPage } from './build-page.js';
import { StackError } from './stack/stack-error.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STEPS = [
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  ['dist/worker/write-bundle.js'],
] as const;

const USAGE = `npm run build

Compiles the service to dist/, bundles the workflows there, and builds the web page.`;

/** `npm run build`: compiles to `dist/`, bundles the workflows there, and builds the web page. */
async function main(): Promise<void> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  // Delete files of an earlier version: migrations are discovered by listing their folder.
  rmSync(`${ROOT}/dist`, { recursive: true, force: true });
  for (const step of STEPS) {
    const { status } = spawnSync(process.execPath, [...step], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) process.exit(status ?? 1);
  }
  await buildPage();
}

await runMain(main, [StackError]);
