import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from '../dev/stack/progress.js';
import { runCommand, tellingLine } from '../dev/stack/run-command.js';
import { StackError } from '../dev/stack/stack-error.js';
import { LOCAL_DIR } from '../dev/stack/stack.js';
import { benchEnvironment } from './bench-stack.js';

const LIMIT_MS = 180_000;

/**
 * Python packages in a folder of their own in the repository's cache, installed when they are not there.
 * @param name of the folder; another version needs another one
 * @param packages pinned: `name==version`
 * @returns the folder
 * @throws StackError when pip fails
 */
export async function pipPackages(
  name: string,
  packages: readonly string[],
  { say, signal }: { readonly say: Say; readonly signal: AbortSignal },
): Promise<string> {
  const cache = join(LOCAL_DIR, 'bin');
  const folder = join(cache, name);
  if (await exists(folder)) return folder;
  say(`installing ${packages.join(' and ')} with python3 -m pip`);
  await mkdir(cache, { recursive: true });
  const draft = join(cache, `draft-${randomUUID()}`);
  const args = ['-m', 'pip', 'install', '--target', draft, '--no-deps', '--no-input', ...packages];
  const env = { ...benchEnvironment(), PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  try {
    const { ok, output } = await runCommand('python3', args, { timeoutMs: LIMIT_MS, signal, env });
    if (!ok) throw new StackError(`pip failed: ${tellingLine(output)}`);
    // Renamed, so that a run beside this one finds either nothing or all of it; it may have been first.
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
