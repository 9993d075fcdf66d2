import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_DIR } from './stack/stack.js';

/**
 * Returns a folder in the repository's cache, creating it if necessary.
 * @param name must be different for different contents
 * @param fill creates the contents in a folder that does not exist yet; if it throws, the error is passed on and
 * nothing is cached
 * @returns the path of the folder
 */
export async function cachedFolder(name: string, fill: (draft: string) => Promise<void>): Promise<string> {
  const cache = join(LOCAL_DIR, 'bin');
  const folder = join(cache, name);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const draft = join(cache, `draft-${randomUUID()}`);
  try {
    await fill(draft);
    // Renamed into place, so that concurrent runs never see a partial folder; another run may have been first.
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Whether the cache has the folder. */
export const hasCachedFolder = (name: string): Promise<boolean> => exists(join(LOCAL_DIR, 'bin', name));

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
