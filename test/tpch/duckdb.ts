import { delimiter } from 'node:path';
import { pipPackages } from '../../dev/pip-packages.js';
import { runCommand, tellingLine } from '../../dev/stack/run-command.js';

const VERSION = '1.5.5';
const PACKAGES = ['duckdb', 'duckdb-extensions', 'duckdb-extension-tpch'].map((name) => `${name}==${VERSION}`);
const RUN_LIMIT_MS = 60_000;

/** A Python that has DuckDB and its `tpch` extension. */
export interface DuckDb {
  /** Runs a script to its end and returns what it printed. @throws Error with its output when it fails */
  run(script: string, args: readonly string[]): Promise<string>;
}

export async function openDuckDb(): Promise<DuckDb> {
  const packages = await pipPackages(`tpch-${VERSION}`, PACKAGES);
  const PYTHONPATH = [packages, process.env.PYTHONPATH ?? ''].filter((path) => path !== '').join(delimiter);
  return {
    run: async (script, args) => {
      const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
      const { ok, output } = await runCommand('python3', [script, ...args], { timeoutMs: RUN_LIMIT_MS, env });
      if (!ok) throw new Error(`${script} failed: ${tellingLine(output)}\n${output}`);
      return output;
    },
  };
}
