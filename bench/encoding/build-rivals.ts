import { copyFile, mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand, tellingLine } from '../../dev/stack/run-command.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { BENCH_DIR, benchEnvironment } from '../bench-stack.js';
import { findOnPath } from '../../dev/find-on-path.js';

/** The first build downloads and compiles all dependencies. */
const LIMIT_MS = 900_000;

const sourcesOf = (name: string): string => fileURLToPath(new URL(`../rivals/${name}`, import.meta.url));
const BUILT = join(BENCH_DIR, 'rivals');

/**
 * Builds the programs that encodings are compared with, unless they are built already. Versions come from the lock
 * files; nothing is written next to the sources.
 * @returns the folder of the programs
 * @throws StackError if a tool is missing or a build fails
 */
export const buildRivals = {
  /** @param feature of its crate; each is built in a separate folder */
  rust: async (signal: AbortSignal, feature?: string): Promise<string> => {
    const target = join(BUILT, feature === undefined ? 'rust' : `rust-${feature}`);
    const features = feature === undefined ? [] : ['--features', feature];
    const args = ['build', '--release', '--locked', '--target-dir', target, ...features];
    await run('cargo', args, sourcesOf('rust'), signal);
    return join(target, 'release');
  },

  go: async (signal: AbortSignal): Promise<string> => {
    const folder = join(BUILT, 'go');
    await mkdir(folder, { recursive: true });
    await run('go', ['build', '-o', folder, './...'], sourcesOf('go'), signal);
    return folder;
  },

  /** Scripts, next to the packages they import. */
  node: async (signal: AbortSignal): Promise<string> => {
    const [sources, folder] = [sourcesOf('node'), join(BUILT, 'node')];
    const lock = 'package-lock.json';
    const installed = await textOf(join(folder, 'node_modules', lock));
    await mkdir(folder, { recursive: true });
    for (const file of await readdir(sources)) await copyFile(join(sources, file), join(folder, file));
    const wanted = await textOf(join(folder, lock));
    if (installed === wanted) return folder;
    await run('npm', ['ci', '--no-fund', '--no-audit'], folder, signal);
    await copyFile(join(folder, lock), join(folder, 'node_modules', lock));
    return folder;
  },
};

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);

async function run(tool: string, args: readonly string[], cwd: string, signal: AbortSignal): Promise<void> {
  const program = await findOnPath(tool);
  if (program === undefined) throw new StackError(`no ${tool} on PATH`);
  const { ok, output } = await runCommand(program, args, { timeoutMs: LIMIT_MS, signal, cwd, env: benchEnvironment() });
  if (!ok) throw new StackError(`${tool} failed: ${tellingLine(output)}`);
}
