import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../dev/stack/run-command.js';
import { orFail } from '../support/python.js';

const INSTALL = new URL('../../dev/install.mjs', import.meta.url).href;

describe('installed packages', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'install-'));
    await mkdir(join(folder, 'tool'));
    await writeFile(join(folder, 'tool', 'package.json'), '{"name": "tool", "version": "1.0.0"}');
    await writeFile(join(folder, 'package.json'), '{"devDependencies": {"tool": "file:tool"}}');
  });
  after(() => rm(folder, { recursive: true }));

  it('include development packages even when the shell has NODE_ENV=production', async () => {
    const options = { cwd: folder, timeoutMs: 60_000, env: { ...process.env, NODE_ENV: 'production' } };
    const lock = ['install', '--package-lock-only', '--offline', '--include=dev'];
    orFail('npm install', await runCommand('npm', lock, options));
    const script = `const { ensureInstalled } = await import('${INSTALL}'); await ensureInstalled(process.cwd(), process.execPath);`;
    orFail('the installation', await runCommand(process.execPath, ['--input-type=module', '--eval', script], options));
    assert.ok((await readdir(join(folder, 'node_modules'))).includes('tool'));
  });
});
