import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { MASKS } from '../../shared/datasets/column-types.js';
import { savedFile } from './contents.js';

const run = promisify(execFile);

/** The files of an archive, as unpacked by Python, keyed and sorted by name. */
export async function unpacked(archive: Buffer): Promise<Map<string, Buffer>> {
  const file = await savedFile(archive, 'zip');
  const folder = await mkdtemp(`${file}-`);
  await run('python3', ['-m', 'zipfile', '-e', file, folder]);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const names = paths.map((path) => relative(folder, path)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

const manifestSchema = z.strictObject({
  type: z.literal('account'),
  service: z.strictObject({ name: z.literal('export-service'), version: z.string().regex(/^\d+\.\d+\.\d+/) }),
  job_id: z.string(),
  user_id: z.string(),
  tenant_id: z.string(),
  requested_by: z.string().nullable(),
  planned_at: z.iso.datetime(),
  format: z.string(),
  options: z.record(z.string(), z.unknown()),
  files: z.array(
    z.strictObject({
      name: z.string(),
      dataset: z.string(),
      title: z.string(),
      schema: z.array(
        z.strictObject({
          ...{ name: z.string(), label: z.string(), type: z.string() },
          ...{ file_type: z.string().optional(), mask: z.enum(MASKS).optional() },
        }),
      ),
      left_out: z.strictObject({
        locked: z.array(z.strictObject({ name: z.string(), label: z.string(), reason: z.string() })),
        hidden: z.number(),
      }),
      rows: z.number(),
      bytes: z.number(),
      crc32: z.string().regex(/^[\da-f]{8}$/),
      pieces: z.array(z.strictObject({ bytes: z.number(), sha256: z.string().regex(/^[\da-f]{64}$/) })),
    }),
  ),
  left_out_files: z.number(),
});

export function manifestOf(files: ReadonlyMap<string, Buffer>): z.infer<typeof manifestSchema> {
  return manifestSchema.parse(JSON.parse(String(files.get('manifest.json'))));
}

let program: Promise<string> | undefined;
/** The Python script from docs/formats.md, as a file. */
async function verifier(): Promise<string> {
  const page = await readFile(fileURLToPath(new URL('../../docs/formats.md', import.meta.url)), 'utf8');
  const section = page.slice(page.indexOf('\n## Account bundle\n'));
  const [, lines = ''] = /^```python\n([^]+?)^```$/m.exec(section) ?? [];
  assert.equal(lines.trim().split('\n').length, 10);
  const file = join(await mkdtemp(join(tmpdir(), 'verify-')), 'verify.py');
  await writeFile(file, lines);
  return file;
}

/** Fails with the script's output if an archive doesn't match its manifest. */
export async function verified(archive: Buffer): Promise<void> {
  await run('python3', [await (program ??= verifier()), await savedFile(archive, 'zip')]);
}

/** The output of `unzip -t`, which fails for a damaged archive. */
export async function testedByUnzip(archive: Buffer): Promise<string> {
  return (await run('unzip', ['-t', await savedFile(archive, 'zip')])).stdout;
}
