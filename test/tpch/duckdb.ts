import { openPython, orFail } from '../support/python.js';

const VERSION = '1.5.5';
const PACKAGES = ['duckdb', 'duckdb-extensions', 'duckdb-extension-tpch'].map((name) => `${name}==${VERSION}`);
const RUN_LIMIT_MS = 60_000;

/** A Python with DuckDB and its `tpch` extension. */
export interface PythonDuckDb {
  /** Runs a script and returns its output. @throws Error with its output when it fails */
  run(script: string, args: readonly string[]): Promise<string>;
}

export async function openDuckDb(): Promise<PythonDuckDb> {
  const python = await openPython(`tpch-${VERSION}`, PACKAGES);
  return { run: async (script, args) => orFail(script, await python.run([script, ...args], RUN_LIMIT_MS)) };
}
