import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runCommand, tellingLine, type CommandResult } from '../../dev/stack/run-command.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';

const VERSION = '1.5.5';
const PACKAGES = ['duckdb', 'duckdb-extensions', 'duckdb-extension-tpch'].map((name) => `${name}==${VERSION}`);
const PIP_LIMIT_MS = 120_000;
const RUN_LIMIT_MS = 60_000;

/** A Python that has DuckDB and its `tpch` extension. */
export interface DuckDb {
  /** Runs a script to its end and returns what it printed. @throws Error with its output when it fails */
  run(script: string, args: readonly string[]): Promise<string>;
}

const orFail = (what: string, { ok, output }: CommandResult): string => {
  if (!ok) throw new Error(`${what} failed: ${tellingLine(output)}\n${output}`);
  return output;
};

/** Installed with pip into the repository's own cache, once a version of Python: wheels are made for one. */
export async function openDuckDb(): Promise<DuckDb> {
  const tag = await runCommand('python3', ['-c', 'import sys; print(sys.implementation.cache_tag)'], {
    timeoutMs: 20_000,
  });
  const packages = join(LOCAL_DIR, 'bin', `tpch-${VERSION}-${orFail('python3', tag)}`);
  if (!(await exists(packages))) await install(packages);
  const PYTHONPATH = [packages, process.env.PYTHONPATH ?? ''].filter((path) => path !== '').join(delimiter);
  return {
    run: async (script, args) => {
      const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
      return orFail(script, await runCommand('python3', [script, ...args], { timeoutMs: RUN_LIMIT_MS, env }));
    },
  };
}

async function install(folder: string): Promise<void> {
  await mkdir(join(LOCAL_DIR, 'bin'), { recursive: true });
  const draft = join(LOCAL_DIR, 'bin', `draft-${randomUUID()}`);
  const args = ['-m', 'pip', 'install', '--target', draft, '--no-deps', '--no-input', ...PACKAGES];
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  try {
    orFail('pip', await runCommand('python3', args, { timeoutMs: PIP_LIMIT_MS, env }));
    // A run beside this one may have been first.
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
