import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

const ROOT = new URL('../../', import.meta.url);

/** A file of the repository. */
export const textOf = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

/** Prometheus' own program, in the repository's root; the test fails with what it says when it finds something amiss. */
export function promtool(args: readonly string[], input = ''): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: ROOT, input, encoding: 'utf8' });
  assert.equal(status, 0, `promtool ${args.join(' ')}: ${stdout}${stderr}`);
}
