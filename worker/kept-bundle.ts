import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How long to keep old bundles: a running process may still start workers with one after the sources have changed. */
const KEPT_MS = 2 * 3_600_000;

/**
 * Returns the path of a bundle that is created once and shared by all processes until its sources change.
 * @param print identifies the bundle's sources
 * @param make creates the bundle; processes that start simultaneously may each do so, and the last one's file stays
 */
export async function keptBundle(
  folder: string,
  name: string,
  print: string,
  make: () => Promise<string>,
): Promise<string> {
  const file = join(folder, `${name}-${print}.js`);
  if (await touch(file)) return file;
  const code = await make();
  await mkdir(folder, { recursive: true });
  // Renamed into place, so that concurrent workers never see a partial file.
  const draft = join(folder, `${randomUUID()}.draft`);
  await writeFile(draft, code);
  await rename(draft, file);
  const others = (await readdir(folder)).filter((other) => join(folder, other) !== file);
  await Promise.all(others.map((other) => removeOutdated(join(folder, other))));
  return file;
}

/** Marks a file as in use. Returns whether it exists. */
const touch = (file: string): Promise<boolean> =>
  utimes(file, new Date(), new Date()).then(
    () => true,
    () => false,
  );

async function removeOutdated(file: string): Promise<void> {
  // Another process may have deleted it.
  const modifiedAt = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity,
  );
  if (modifiedAt < Date.now() - KEPT_MS) await rm(file, { force: true });
}
