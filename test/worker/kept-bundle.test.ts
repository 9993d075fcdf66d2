import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptBundle } from '../../worker/kept-bundle.js';

describe('a cached workflow bundle', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundles-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const agedBy = async (file: string, hours: number): Promise<void> => {
    const then = new Date(Date.now() - hours * 3_600_000);
    await utimes(file, then, then);
  };

  it('is built once', async () => {
    let made = 0;
    const make = (): Promise<string> => Promise.resolve(`code ${++made}`);
    const file = await keptBundle(folder, 'workflows', 'a', make);
    assert.equal(await keptBundle(folder, 'workflows', 'a', make), file);
    assert.equal(await readFile(file, 'utf8'), 'code 1');
  });

  it('is always complete, even while several processes create it', async () => {
    const code = 'x'.repeat(2_000_000);
    const made = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const file = await keptBundle(folder, 'workflows', 'a', () => Promise.resolve(code));
        return (await readFile(file, 'utf8')).length;
      }),
    );
    assert.deepEqual([...new Set(made)], [code.length]);
    assert.deepEqual(await readdir(folder), ['workflows-a.js']);
  });

  it('stays for a process that started before the sources changed, and is removed hours later', async () => {
    const before = await keptBundle(folder, 'workflows', 'a', () => Promise.resolve('before'));
    await keptBundle(folder, 'workflows', 'b', () => Promise.resolve('after'));
    assert.equal(await readFile(before, 'utf8'), 'before');

    await agedBy(before, 3);
    await keptBundle(folder, 'workflows', 'c', () => Promise.resolve('later'));
    assert.deepEqual((await readdir(folder)).toSorted(), ['workflows-b.js', 'workflows-c.js']);
  });

  it('is kept while it is in use', async () => {
    const file = await keptBundle(folder, 'workflows', 'a', () => Promise.resolve('code'));
    await agedBy(file, 3);
    await keptBundle(folder, 'workflows', 'a', () => assert.fail('it is there'));
    await keptBundle(folder, 'workflows', 'b', () => Promise.resolve('other'));
    assert.equal(await readFile(file, 'utf8'), 'code');
  });

  it('is removed hours later if it was never finished', async () => {
    const draft = join(folder, 'some.draft');
    await writeFile(draft, 'half');
    await agedBy(draft, 3);
    await keptBundle(folder, 'workflows', 'a', () => Promise.resolve('code'));
    assert.deepEqual(await readdir(folder), ['workflows-a.js']);
  });
});
