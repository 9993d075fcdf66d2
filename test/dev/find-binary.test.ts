import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary, type BinarySpec } from '../../dev/stack/find-binary.js';

describe('finding a program', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'find-binary-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const spec: BinarySpec = {
    title: 'The tool',
    command: 'tool',
    versionArgs: ['--version'],
    versionPattern: /version (\d+)\.(\d+)/,
    minimum: [2, 5],
    pythonPackage: { name: 'tool-bin', version: '2.6.0' },
    remedy: 'Install it.',
  };
  const script = async (path: string, body: string): Promise<string> => {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const find = (changes: Partial<BinarySpec> = {}) =>
    findBinary(
      { ...spec, ...changes },
      {
        cacheDir: join(folder, 'cache'),
        environment: { PATH: join(folder, 'path') },
        say: () => undefined,
        signal: new AbortController().signal,
      },
    );
  /** A fake Python whose pip "installs" a tool that prints `version`. */
  const python = (version: string): Promise<string> =>
    script(
      join(folder, 'path', 'python3'),
      `[ "$3" = --version ] && exit 0
       while [ "$1" != --target ]; do shift; done
       /bin/mkdir -p "$2/bin"
       printf '#!/bin/sh\\necho version ${version}\\n' > "$2/bin/tool"
       /bin/chmod +x "$2/bin/tool"`,
    );

  it('uses the one on PATH', async () => {
    const path = await script(join(folder, 'path', 'tool'), 'echo version 2.5.1');
    assert.equal(await find(), path);
  });

  it('skips an outdated one on PATH, and installs its own with pip, once', async () => {
    await script(join(folder, 'path', 'tool'), 'echo version 2.4.9');
    const pythonPath = await python('2.6');
    const installed = join(folder, 'cache', 'tool-bin-2.6.0', 'bin', 'tool');
    assert.equal(await find(), installed);
    await rm(pythonPath);
    assert.equal(await find(), installed);
  });

  it('lists everything that it tried if there is no Python', async () => {
    await assert.rejects(find(), {
      name: 'StackError',
      message:
        "The tool was not found: 'tool' is not on PATH; 'python3' is not installed, 'python' is not installed. Install it.",
    });
  });

  it('reports that pip is missing', async () => {
    await script(join(folder, 'path', 'python3'), 'echo "No module named pip"; exit 1');
    await assert.rejects(find(), /'python3' has no pip/);
  });

  it("gives pip's own reason when it cannot install", async () => {
    await script(
      join(folder, 'path', 'python3'),
      '[ "$3" = --version ] && exit 0; echo "ERROR: No matching distribution found"; exit 1',
    );
    await assert.rejects(find(), /pip's tool-bin failed: ERROR: No matching distribution found/);
  });

  it('discards what pip installed if it does not run', async () => {
    await python('1.0');
    await assert.rejects(find(), /pip's tool-bin is older than 2\.5/);
    await assert.rejects(find(), /pip's tool-bin is older than 2\.5/);
  });

  it('downloads it as a last resort, and says why that failed', async () => {
    assert.equal(await find({ download: () => Promise.resolve('/downloaded/tool') }), '/downloaded/tool');
    const download = () => Promise.reject(new Error('it took more than 60 s'));
    await assert.rejects(find({ download }), /; the download failed: it took more than 60 s\. Install it\.$/);
  });
});
