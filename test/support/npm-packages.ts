import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '../../dev/cached-folder.js';
import { runCommand } from '../../dev/stack/run-command.js';
import { orFail } from './python.js';

const NPM_LIMIT_MS = 180_000;

/**
 * Installs npm packages that only one test needs into a folder in the repository's cache, if they aren't there yet.
 * @param name of the folder; it must differ between versions
 * @param packages pinned: `name@version`
 * @returns the folder's `node_modules`
 */
export async function npmPackages(name: string, packages: readonly string[]): Promise<string> {
  const folder = await cachedFolder(name, async (draft) => {
    await mkdir(draft);
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    const result = await runCommand('npm', ['install', '--prefix', draft, ...flags, ...packages], {
      timeoutMs: NPM_LIMIT_MS,
    });
    orFail(`npm install ${packages.join(' ')}`, result);
  });
  return join(folder, 'node_modules');
}
