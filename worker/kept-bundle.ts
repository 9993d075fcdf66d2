import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A process may still start workers with a bundle of sources that have changed since: it is kept for so long. */
const KEPT_MS = 2 * 3_600_000;

/**
 * Returns the path of a bundle that is made once and used by every process until its sources change.
 *
 * @param print identifies what the bundle is made of
 * @param make bundles; processes that start at the same moment may each do so, and the last one's file stays
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
  // Renamed, so that a worker that starts beside this one finds either nothing or all of it.
  const draft = join(folder, `${randomUUID()}.draft`);
  await writeFile(draft, code);
  await rename(draft, file);
  const others = (await readdir(folder)).filter((other) => join(folder, other) !== file);
  await Promise.all(others.map((other) => removeOutdated(join(folder, other))));
  return file;
}

/** Marks a file as in use. Whether it exists. */
const touch = (file: string): Promise<boolean> =>
  utimes(file, new Date(), new Date()).then(
    () => true,
    () => false,
  );

async function removeOutdated(file: string): Promise<void> {
  // Another process may have removed it.
  const modifiedAt = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity,
  );
  if (modifiedAt < Date.now() - KEPT_MS) await rm(file, { force: true });
}
