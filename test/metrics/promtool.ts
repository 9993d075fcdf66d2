import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

const ROOT = new URL('../../', import.meta.url);

/** The text of a file in the repository. */
export const textOf = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

/** Runs Prometheus' own promtool in the repository's root; the test fails with its output if it reports a problem. */
export function promtool(args: readonly string[], input = ''): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: ROOT, input, encoding: 'utf8' });
  assert.equal(status, 0, `promtool ${args.join(' ')}: ${stdout}${stderr}`);
}
