import { cachedFolder } from './cached-folder.js';
import type { Say } from './stack/progress.js';
import { runCommand, tellingLine } from './stack/run-command.js';
import { StackError } from './stack/stack-error.js';

const PIP_LIMIT_MS = 180_000;
const TAG_LIMIT_MS = 20_000;

export interface PipOptions {
  readonly say?: Say;
  readonly signal?: AbortSignal;
  /** Default: the caller's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Also installs dependencies, in any version that pip chooses. */
  readonly withDependencies?: boolean;
}

/**
 * Installs Python packages into a folder in the repository's cache, if they aren't there yet.
 * @param name of the folder; must be different for different versions
 * @param packages pinned packages, including dependencies: `name==version`
 * @returns the folder, for PYTHONPATH
 * @throws StackError if there is no Python, or pip fails
 */
export async function pipPackages(
  name: string,
  packages: readonly string[],
  { say, signal, env = process.env, withDependencies = false }: PipOptions = {},
): Promise<string> {
  const run = async (args: readonly string[], timeoutMs: number): Promise<string> => {
    const pipEnv = { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
    const { ok, output } = await runCommand('python3', args, { timeoutMs, signal, env: pipEnv });
    if (!ok) throw new StackError(`python3 ${args.slice(0, 3).join(' ')} failed: ${tellingLine(output)}`);
    return output;
  };
  // Wheels are built for one Python version.
  const tag = await run(['-c', 'import sys; print(sys.implementation.cache_tag)'], TAG_LIMIT_MS);
  return cachedFolder(`${name}-${tag}`, async (draft) => {
    say?.(`installing ${packages.join(' and ')} with pip`);
    const dependencies = withDependencies ? [] : ['--no-deps'];
    await run(['-m', 'pip', 'install', '--target', draft, '--no-input', ...dependencies, ...packages], PIP_LIMIT_MS);
  });
}
